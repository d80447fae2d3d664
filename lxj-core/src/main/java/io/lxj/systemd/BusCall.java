package io.lxj.systemd;

/**
 * A call of a method of an object on a bus. Immutable, as long as its body is left alone.
 *
 * @param path the object
 * @param type the interface
 * @param member the method
 * @param signature the types of the arguments
 * @param body the arguments
 */
record BusCall(String path, String type, String member, String signature, Body body) {
    @Override
    public String toString() {
        return type + "." + member;
    }
}
