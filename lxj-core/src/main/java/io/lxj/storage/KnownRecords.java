package io.lxj.storage;

/**
 * What is known of the records of a state folder's containers.
 *
 * @param containers texts of container.json
 * @param runs texts of run.json
 */
record KnownRecords(Parsed<ContainerRecord> containers, Parsed<RunRecord> runs) {
    KnownRecords() {
        this(new Parsed<>(), new Parsed<>());
    }
}
