-- The few leaves with which a chain, or a key, begins.
CREATE INDEX audit_leaf_epoch ON audit_leaf (entry) WHERE kind = 'epoch';
