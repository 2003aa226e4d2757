-- A recipient domain that has its share of the courier's room is passed over without looking at each of its mails.
DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (due_at, domain) WHERE state IN ('queued', 'deferred', 'unknown');
