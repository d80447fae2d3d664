package io.lxj.config;

import io.lxj.error.InvalidConfigException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rules for the addresses that a container's init listens on, and their form as text. Names are never looked up. */
final class ListenAddress {
    /** What sd_listen_fds_with_names(3) allows, without what would have to be escaped. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,255}");

    private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
    private static final Pattern TEXT =
            Pattern.compile("(" + OCTET + "(?:\\." + OCTET + "){3}|\\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\\]):(\\d{1,5})");
    private static final String RULE = "an IP address and a port from 1 to 65535, as 127.0.0.1:80 or [::1]:80";
    private static final int LAST_PORT = 65_535;
    private static final int MOST = 64;

    private ListenAddress() {}

    static Map<String, InetSocketAddress> plus(
            Map<String, InetSocketAddress> addresses, String name, InetSocketAddress address) {
        Map<String, InetSocketAddress> copy = new TreeMap<>(addresses);
        copy.put(Objects.requireNonNull(name, "listen name"), address);
        return of(copy);
    }

    static Map<String, InetSocketAddress> of(Map<String, InetSocketAddress> addresses) {
        if (addresses.size() > MOST) {
            throw InvalidConfigException.problem("listen", "has " + addresses.size() + " names", "at most " + MOST);
        }
        Map<String, InetSocketAddress> checked = new TreeMap<>();
        Map<InetSocketAddress, String> names = new HashMap<>();
        addresses.forEach((name, address) -> {
            checked.put(name, check(name, address));
            String other = names.putIfAbsent(checked.get(name), name);
            if (other != null) {
                throw new InvalidConfigException(
                        "listen." + name, text(address), "an address other than listen." + other + "'s");
            }
        });
        return Collections.unmodifiableMap(checked);
    }

    private static InetSocketAddress check(String name, InetSocketAddress address) {
        String field = "listen." + name;
        Objects.requireNonNull(address, field);
        if (!NAME.matcher(name).matches()) {
            throw new InvalidConfigException(field, name, "1 to 255 of the characters A-Z a-z 0-9 . _ @ -");
        }
        if (address.isUnresolved() || address.getPort() == 0) {
            throw new InvalidConfigException(field, address, RULE);
        }
        if (address.getAddress() instanceof Inet6Address six && six.getScopeId() != 0) {
            throw new InvalidConfigException(field, address, RULE + ", without a scope");
        }
        return without(address);
    }

    /** An address that was looked up remembers the name, and would print unlike one that was not. */
    private static InetSocketAddress without(InetSocketAddress address) {
        try {
            byte[] bytes = address.getAddress().getAddress();
            return new InetSocketAddress(InetAddress.getByAddress(bytes), address.getPort());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    static InetSocketAddress parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > LAST_PORT) {
            throw new InvalidConfigException("listen", text, RULE);
        }
        try {
            // No name is looked up for what has brackets, or is an address of this form.
            return new InetSocketAddress(InetAddress.getByName(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        } catch (UnknownHostException e) {
            throw new InvalidConfigException("listen", text, RULE);
        }
    }
}
