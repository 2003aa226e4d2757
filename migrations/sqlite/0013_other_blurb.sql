-- What each party was told of the other one's words when they were asked. Only a yes can change those words, so that
-- showing today's would tell of a yes.
ALTER TABLE party ADD COLUMN other_blurb TEXT;

UPDATE party SET other_blurb = (
    SELECT other.blurb FROM party AS other
    WHERE other.introduction_id = party.introduction_id AND other.side <> party.side
) WHERE asked_at IS NOT NULL;
