System.out.print("""
        lxj is imported. To begin with, line by line (the Tab key completes):

            var lxj = Lxj.open()
            var debian = lxj.images().importTarball("debian-12", Path.of("debian-12.tar.gz"))
            var web = lxj.containers().create("web1", Config.of(debian).hostname("web1"))
            web.start()
            web.exec("cat", "/etc/os-release")
            web.shutdown()
            web.destroy()
            debian.delete()

        lxj.images() and lxj.containers() show what there is, Top.show(lxj) what the containers use, until Ctrl-C is hit;
        Lxj.open(Path.of("folder")) opens another state folder;
        /exit ends the containers that run, and jshell.

        """)
