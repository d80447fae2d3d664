package io.lxj.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lxj.error.InvalidConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserTest {
    @Test
    void isEitherNumbersOrAName() {
        assertThat(User.id(33, 34)).isEqualTo(new User.ById(33, 34)).hasToString("33:34");
        assertThat(User.named("postgres"))
                .isEqualTo(new User.ByName("postgres"))
                .hasToString("postgres");
        assertThat(Group.id(4)).isEqualTo(new Group.ById(4)).hasToString("4");
        assertThat(Group.named("adm")).isEqualTo(new Group.ByName("adm")).hasToString("adm");
        assertThat(User.ROOT).isEqualTo(User.id(0, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "1000",
                "+1",
                "-1",
                "0x0",
                "1e3",
                "0:0",
                "root:root",
                "1a",
                " root",
                "root ",
                "ro ot",
                "root\n",
                "a/b",
                "٣",
                "$",
                "-root"
            })
    void whatLooksLikeANumberIsNeverAName(String name) {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> User.named(name))
                .withMessageContaining("give a number as an id");
        assertThatExceptionOfType(InvalidConfigException.class).isThrownBy(() -> Group.named(name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"root", "_apt", "www-data", "systemd-network", "user.name", "MACHINE$", "me@example.org", "u1"})
    void namesOfRealUsersAreAllowed(String name) {
        assertThat(User.named(name)).hasToString(name);
        assertThat(Group.named(name)).hasToString(name);
    }

    @Test
    void idsHaveTheKernelsLimits() {
        assertThat(User.id(4_294_967_294L, 0)).hasToString("4294967294:0");
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> User.id(4_294_967_295L, 0))
                .withMessage("uid: \"4294967295\" is not allowed; allowed: a number from 0 to 4294967294");
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> User.id(0, -1))
                .withMessageStartingWith("gid: ");
        assertThatExceptionOfType(InvalidConfigException.class).isThrownBy(() -> Group.id(-1));
    }
}
