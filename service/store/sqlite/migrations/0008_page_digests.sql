-- From here on a program that keeps the pages' digests is needed: one without would change pages and leave their digests.
SELECT 8;
