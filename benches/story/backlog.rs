//! Many queued mails at once, copied by SQL from one that was written.

use twoyes::flow::Cx;
use twoyes::store::StoreError;

/// Queues so many mails of other people, due now, like the first that there is.
pub async fn queue(cx: &Cx, number: i64) {
    cx.db
        .write(move |tx| {
            Box::pin(async move {
                for (sqlite, postgres) in [MESSAGES, DELIVERIES] {
                    tx.q2(sqlite, postgres).bind(number).run().await?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await
        .unwrap();
    // Written at once, all of it would still lie in SQLite's log; real mails come one by one.
    cx.db.tidy().await.unwrap();
}

const MESSAGES: (&str, &str) = (
    "WITH RECURSIVE s(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM s WHERE k < $1)
     INSERT INTO message (id, key, kind, connector_id, headers, subject, text_part, html_part, dated_at)
     SELECT unhex(printf('aa%030x', k)), 'backlog ' || k, m.kind, m.connector_id, m.headers, m.subject, m.text_part,
       m.html_part, m.dated_at
     FROM s, (SELECT * FROM message LIMIT 1) m",
    "INSERT INTO message (id, key, kind, connector_id, headers, subject, text_part, html_part, dated_at)
     SELECT CAST('aa' || lpad(to_hex(k), 30, '0') AS UUID), 'backlog ' || k, m.kind, m.connector_id, m.headers,
       m.subject, m.text_part, m.html_part, m.dated_at
     FROM generate_series(1, $1) k, (SELECT * FROM message LIMIT 1) m",
);

const DELIVERIES: (&str, &str) = (
    "WITH RECURSIVE s(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM s WHERE k < $1)
     INSERT INTO delivery (id, message_id, kind, recipient, domain, links, state, due_at, fence, attempts, unknowns,
       last_words, created_at)
     SELECT unhex(printf('bb%030x', k)), unhex(printf('aa%030x', k)), d.kind, 'p' || k || '@d' || (k % 500) || '.example',
       'd' || (k % 500) || '.example', d.links, 'queued', d.created_at + k, 0, 0, 0, '', d.created_at
     FROM s, (SELECT * FROM delivery LIMIT 1) d",
    "INSERT INTO delivery (id, message_id, kind, recipient, domain, links, state, due_at, fence, attempts, unknowns,
       last_words, created_at)
     SELECT CAST('bb' || lpad(to_hex(k), 30, '0') AS UUID), CAST('aa' || lpad(to_hex(k), 30, '0') AS UUID), d.kind,
       'p' || k || '@d' || (k % 500) || '.example', 'd' || (k % 500) || '.example', d.links, 'queued', d.created_at + k,
       0, 0, 0, '', d.created_at
     FROM generate_series(1, $1) k, (SELECT * FROM delivery LIMIT 1) d",
);
