//! The same request under the same key is one deed with one answer.

use futures_util::future::join_all;
use serde_json::{Value, json};
use twoyes::clock::Span;
use twoyes::domain::connector::{Role, Scope};

use crate::api_kit::{Api, Reply, draft};
use crate::support::db::both;

const PATH: &str = "/api/v1/introductions";

fn whole(reply: &Reply) -> (u16, String, String) {
    (reply.status.as_u16(), reply.header("location").to_owned(), reply.text.clone())
}

async fn count(api: &Api, token: &str, path: &str) -> usize {
    api.get(token, path).await.json()["items"].as_array().unwrap().len()
}

both! {
    async fn a_repeated_request_gets_the_first_answer_even_when_the_thing_moved_on(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let first = api.post_once(&token, PATH, &draft(), "k-1").await;
        let id = first.id();
        assert_eq!(first.header("idempotency-replayed"), "");
        let ask = format!("{PATH}/{id}/ask");
        let asked = api.post_once(&token, &ask, &Value::Null, "k-2").await;
        assert_eq!(asked.json()["state"], "asking");
        api.call(&token, "POST", &format!("{PATH}/{id}/withdraw"), &Value::Null).await;
        api.clock.advance(Span::hours(1));
        let again = api.post_once(&token, PATH, &draft(), "k-1").await;
        assert_eq!(whole(&again), whole(&first));
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(whole(&api.post_once(&token, &ask, &Value::Null, "k-2").await), whole(&asked));
        assert_eq!(count(&api, &token, PATH).await, 1);
    }

    async fn a_key_belongs_to_one_request_of_one_connector(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let id = api.post_once(&token, PATH, &draft(), "k").await.id();
        let mut other = draft();
        other["step"] = json!("lunch on Tuesday");
        let mismatch = (422, "idempotency_mismatch".to_owned());
        assert_eq!(api.post_once(&token, PATH, &other, "k").await.problem(), mismatch);
        let ask = format!("{PATH}/{id}/ask");
        assert_eq!(api.post_once(&token, &ask, &Value::Null, "k").await.problem(), mismatch);
        assert_eq!(count(&api, &token, "/api/v1/introductions?state=asking").await, 0);
        let kim = api.account("Kim", "kim@connect.example", Role::Connector).await;
        let kims = api.token(&kim, &[Scope::Read, Scope::Write]).await;
        assert_ne!(api.post_once(&kims, PATH, &draft(), "k").await.id(), id);
    }

    async fn a_refused_request_does_not_use_its_key_up(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let mut body = draft();
        body["same_employer"] = json!(true);
        let id = api.post_once(&token, PATH, &body, "k").await.id();
        let ask = format!("{PATH}/{id}/ask");
        assert_eq!(api.post_once(&token, &ask, &Value::Null, "a").await.status, 422);
        api.call(&token, "PATCH", &format!("{PATH}/{id}"), &json!({ "coworker_confirmed": true })).await;
        assert_eq!(api.post_once(&token, &ask, &Value::Null, "a").await.status, 200);
    }

    async fn twenty_equal_requests_at_once_are_one_deed(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let body = draft();
        let made = join_all((0..20).map(|_| api.post_once(&token, PATH, &body, "create"))).await;
        assert_eq!(made[0].status, 201, "{}", made[0].text);
        assert!(made.iter().all(|reply| whole(reply) == whole(&made[0])));
        assert_eq!(count(&api, &token, PATH).await, 1);
        assert_eq!(made.iter().filter(|reply| reply.header("idempotency-replayed").is_empty()).count(), 1);
        let ask = format!("{PATH}/{}/ask", made[0].id());
        let asked = join_all((0..20).map(|_| api.post_once(&token, &ask, &Value::Null, "ask"))).await;
        assert_eq!(asked[0].status, 200, "{}", asked[0].text);
        assert!(asked.iter().all(|reply| whole(reply) == whole(&asked[0])));
        let person = json!({ "name": "Grace Hopper", "email": "grace@example.net" });
        let path = "/api/v1/contacts";
        let added = join_all((0..20).map(|_| api.post_once(&token, path, &person, "contact"))).await;
        assert!(added.iter().all(|reply| whole(reply) == whole(&added[0]) && reply.status == 201));
        assert_eq!(count(&api, &token, path).await, 1);
    }

    async fn different_requests_at_once_under_one_key_let_one_through(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let bodies: Vec<Value> = (0..10).map(|nth| {
            let mut body = draft();
            body["step"] = json!(format!("a call of {nth} minutes"));
            body
        }).collect();
        let replies = join_all(bodies.iter().map(|body| api.post_once(&token, PATH, body, "k"))).await;
        let through = replies.iter().filter(|reply| reply.status == 201).count();
        assert_eq!(through, 1);
        let codes = replies.iter().filter(|reply| reply.status != 201).map(|reply| reply.problem().1);
        assert!(codes.into_iter().all(|code| code == "idempotency_mismatch"));
        assert_eq!(count(&api, &token, PATH).await, 1);
    }

    async fn keys_are_forgotten_after_a_day_and_not_before(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let id = api.post_once(&token, PATH, &draft(), "k").await.id();
        api.clock.advance(Span::hours(23));
        assert_eq!(twoyes::flow::once::forget(&api.app.cx).await.unwrap(), 0);
        assert_eq!(api.post_once(&token, PATH, &draft(), "k").await.id(), id);
        api.clock.advance(Span::hours(2));
        assert_eq!(twoyes::flow::once::forget(&api.app.cx).await.unwrap(), 1);
        assert_ne!(api.post_once(&token, PATH, &draft(), "k").await.id(), id);
    }

    async fn keys_have_a_shape(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        for key in ["", "two words", &"k".repeat(201)] {
            assert_eq!(api.post_once(&token, PATH, &draft(), key).await.faults(), ["Idempotency-Key: idempotency-key"]);
        }
        let both = [("idempotency-key", "a"), ("idempotency-key", "b")];
        let twice = api.call_with(&token, "POST", PATH, &draft(), &both).await;
        assert_eq!(twice.faults(), ["Idempotency-Key: idempotency-key"]);
        assert_eq!(api.post_once(&token, PATH, &draft(), &"k".repeat(200)).await.status, 201);
    }
}
