package io.lxj.architecture;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The types that a user of a class meets: in its header and in the signatures of its public and protected members. */
final class Signatures {
    private Signatures() {}

    /** A type and where it appears. */
    record Use(String where, Class<?> type) {}

    static boolean isVisible(Class<?> type) {
        boolean open = Modifier.isPublic(type.getModifiers()) || Modifier.isProtected(type.getModifiers());
        return open && !type.isSynthetic() && (type.getEnclosingClass() == null || isVisible(type.getEnclosingClass()));
    }

    static List<Use> of(Class<?> type) {
        List<Use> uses = new ArrayList<>();
        List<Type> header = new ArrayList<>(List.of(type.getGenericInterfaces()));
        if (type.getGenericSuperclass() != null) {
            header.add(type.getGenericSuperclass());
        }
        header.addAll(List.of(type.getTypeParameters()));
        add(uses, type.getName(), header);
        for (Field field : type.getDeclaredFields()) {
            if (isVisible(field)) {
                add(uses, field.toGenericString(), List.of(field.getGenericType()));
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            addExecutable(uses, constructor, constructor.getDeclaringClass());
        }
        for (Method method : type.getDeclaredMethods()) {
            addExecutable(uses, method, method.getGenericReturnType());
        }
        return uses;
    }

    private static void addExecutable(List<Use> uses, Executable executable, Type result) {
        if (isVisible(executable)) {
            List<Type> types = new ArrayList<>(List.of(executable.getGenericParameterTypes()));
            types.addAll(List.of(executable.getGenericExceptionTypes()));
            types.addAll(List.of(executable.getTypeParameters()));
            types.add(result);
            add(uses, executable.toGenericString(), types);
        }
    }

    private static boolean isVisible(Member member) {
        return !member.isSynthetic()
                && (Modifier.isPublic(member.getModifiers()) || Modifier.isProtected(member.getModifiers()));
    }

    private static void add(List<Use> uses, String where, List<Type> types) {
        Set<Type> seen = new LinkedHashSet<>();
        types.forEach(type -> collect(type, seen));
        seen.stream()
                .filter(Class.class::isInstance)
                .map(type -> (Class<?>) type)
                .forEach(type -> uses.add(new Use(where, type)));
    }

    private static void collect(Type type, Set<Type> seen) {
        if (seen.add(type)) {
            parts(type).forEach(part -> collect(part, seen));
        }
    }

    private static Stream<Type> parts(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            return Stream.concat(
                    Stream.of(parameterized.getRawType()), Stream.of(parameterized.getActualTypeArguments()));
        }
        if (type instanceof WildcardType wildcard) {
            return Stream.concat(Stream.of(wildcard.getUpperBounds()), Stream.of(wildcard.getLowerBounds()));
        }
        if (type instanceof TypeVariable<?> variable) {
            return Stream.of(variable.getBounds());
        }
        if (type instanceof GenericArrayType array) {
            return Stream.of(array.getGenericComponentType());
        }
        return type instanceof Class<?> plain && plain.isArray() ? Stream.of(plain.getComponentType()) : Stream.of();
    }
}
