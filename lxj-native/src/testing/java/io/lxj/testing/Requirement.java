package io.lxj.testing;

import java.lang.annotation.Annotation;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** A condition that an annotation on a test class or method states; {@link MustWork} decides between skip and failure. */
abstract class Requirement<A extends Annotation> implements ExecutionCondition {
    private final Class<A> annotation;

    Requirement(Class<A> annotation) {
        this.annotation = annotation;
    }

    /** What this host lacks, as the end of the sentence "skipped because it ...", or empty if it has all. */
    abstract Optional<String> missing(A required);

    @Override
    public final ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<String> missing = context.getElement()
                .flatMap(element -> AnnotationSupport.findAnnotation(element, annotation))
                .flatMap(this::missing);
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("nothing missing for @" + annotation.getSimpleName());
        }
        if (MustWork.isSet()) {
            throw new AssertionError("LXJ_MUST_WORK is set, so this test may not be skipped: it " + missing.get());
        }
        // Surefire writes the reason into its report only; who watches the build should see it too.
        System.err.println("Skipped: " + name(context) + ", since it " + missing.get());
        return ConditionEvaluationResult.disabled("it " + missing.get());
    }

    private static String name(ExtensionContext context) {
        String testClass = context.getRequiredTestClass().getSimpleName();
        return context.getTestMethod()
                .map(method -> testClass + "." + method.getName())
                .orElse(testClass);
    }
}
