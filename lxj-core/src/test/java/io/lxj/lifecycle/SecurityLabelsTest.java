package io.lxj.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lxj.config.Security;
import io.lxj.error.InvalidConfigException;
import io.lxj.error.UnsupportedHostException;
import io.lxj.plan.SecurityLabel;
import org.junit.jupiter.api.Test;

class SecurityLabelsTest {
    private static final Security APP_ARMOR = Security.DEFAULT.appArmor("lxj-container");
    private static final Security SE_LINUX = Security.DEFAULT.seLinux("u:r:t:s0");

    @Test
    void aHostThatHasTheModuleTakesTheLabel() {
        assertThat(SecurityLabels.of(APP_ARMOR, true, false)).contains(SecurityLabel.appArmor("lxj-container"));
        assertThat(SecurityLabels.of(SE_LINUX, false, true)).contains(SecurityLabel.seLinux("u:r:t:s0"));
        assertThat(SecurityLabels.of(Security.DEFAULT, true, true)).isEmpty();
    }

    @Test
    void aHostWithoutTheModuleIsSaidToHaveNone() {
        assertThatThrownBy(() -> SecurityLabels.of(APP_ARMOR, false, true))
                .isInstanceOf(UnsupportedHostException.class)
                .hasMessageStartingWith("confine a container by the AppArmor profile lxj-container: this host has no"
                        + " AppArmor in force; ")
                .hasMessageEndingWith("or leave security.appArmor out");
        assertThatThrownBy(() -> SecurityLabels.of(SE_LINUX, true, false))
                .isInstanceOf(UnsupportedHostException.class)
                .hasMessageContaining("SELinux label u:r:t:s0");
    }

    @Test
    void onlyOneOfBothCanBe() {
        assertThatThrownBy(() -> SecurityLabels.of(APP_ARMOR.seLinux("u:r:t:s0"), true, true))
                .isInstanceOf(InvalidConfigException.class);
    }
}
