-- SQLite makes a table of each list of more than two values in the condition of an index, anew for each statement that
-- writes to the index (docs/adr/0031). Plain comparisons say the same. Statements that are to use one of these
-- indexes say it in the same words.

DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (due_at, domain) WHERE (state = 'queued' OR state = 'deferred' OR state = 'unknown');
DROP INDEX delivery_person;
CREATE INDEX delivery_person ON delivery (person) WHERE (state = 'queued' OR state = 'deferred' OR state = 'unknown');
DROP INDEX delivery_family_asks;
CREATE INDEX delivery_family_asks ON delivery (id) WHERE (kind = 'ask_first' OR kind = 'ask_second' OR kind = 'reminder');
DROP INDEX delivery_introductions;
CREATE INDEX delivery_introductions ON delivery (id)
    WHERE (kind = 'introduction' OR kind = 'connector_copy' OR kind = 'check_in');
DROP INDEX delivery_answers;
CREATE INDEX delivery_answers ON delivery (id)
    WHERE kind IN ('receipt', 'closing_note') AND (state = 'deferred' OR state = 'failed' OR state = 'unknown');
DROP INDEX delivery_service;
CREATE INDEX delivery_service ON delivery (id)
    WHERE kind <> 'ask_first' AND kind <> 'ask_second' AND kind <> 'reminder' AND kind <> 'introduction'
      AND kind <> 'connector_copy' AND kind <> 'check_in' AND kind <> 'receipt' AND kind <> 'closing_note';
