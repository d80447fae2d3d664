/** System containers from inside a Java process. */
module io.lxj {
    exports io.lxj;
    exports io.lxj.config;
    exports io.lxj.error;

    requires io.lxj.linux;
    requires com.google.gson;
    requires com.github.luben.zstd_jni;
    requires org.apache.commons.compress;
    requires org.slf4j;
    requires org.tukaani.xz;
}
