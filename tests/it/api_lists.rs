//! Pages, the outcome log and the deliveries.

use serde_json::{Value, json};
use twoyes::clock::Span;
use twoyes::domain::connector::Role;

use crate::api_kit::{Api, says};
use crate::support::db::both;

const PATH: &str = "/api/v1/introductions";

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

both! {
    async fn pages_hold_each_thing_once_newest_first(db: TestDb) {
        let api = Api::new(db).await;
        let token = api.lena().await;
        let mut made = Vec::new();
        for name in ["a", "b", "c", "d", "e"] {
            made.push(api.draft(&token, &format!("{name}{name}")).await);
        }
        made.reverse();
        let (mut found, mut next) = (Vec::new(), String::new());
        for _ in 0..3 {
            let page = api.get(&token, &format!("{PATH}?limit=2{next}")).await.json();
            found.extend(ids(&page));
            next = page["next"].as_str().map_or(String::new(), |next| format!("&before={next}"));
            if found.len() == 2 {
                // New ones come in front and disturb nobody who is paging.
                api.draft(&token, "zz").await;
            }
        }
        assert_eq!(found, made);
        assert_eq!(next, "");
        let exact = api.get(&token, &format!("{PATH}?limit=6")).await.json();
        assert!(exact["next"].is_null(), "a full last page has no next");
        api.call(&token, "POST", &format!("{PATH}/{}/ask", made[2]), &Value::Null).await;
        assert_eq!(ids(&api.get(&token, &format!("{PATH}?state=asking")).await.json()), [made[2].clone()]);
        assert_eq!(api.get(&token, &format!("{PATH}?state=draft&limit=100")).await.json()["items"].as_array().unwrap().len(), 5);
    }

    async fn the_outcome_log_tells_how_it_ended_and_nothing_per_person(db: TestDb) {
        let api = Api::new(db).await;
        let admin = api.admin().await;
        let name = "=HYPERLINK(1)";
        let connector = api.account(name, "kim@connect.example", Role::Connector).await;
        let token = api.token(&connector, &[twoyes::domain::connector::Scope::Write]).await;
        api.draft(&token, "draft").await;
        let closed = api.asked(&token, "aa").await;
        api.answer(&closed, "first", says("no")).await;
        let introduced = api.asked(&token, "bb").await;
        api.answer(&introduced, "first", says("yes")).await;
        api.answer(&introduced, "second", says("yes")).await;
        api.pass(Span::days(15)).await;
        api.call(&token, "POST", &format!("{PATH}/{introduced}/outcome"), &json!({ "outcome": "met" })).await;
        let waiting = api.asked(&token, "cc").await;
        let log = api.get(&admin, "/api/v1/outcomes").await;
        assert_eq!(ids(&log.json()), [waiting.clone(), introduced.clone(), closed.clone()]);
        let states: Vec<Value> = log.json()["items"].as_array().unwrap().iter().map(|item| item["state"].clone()).collect();
        assert_eq!(states, ["waiting", "introduced", "closed without introduction"]);
        for secret in ["example.org", "\"no\"", "answer"] {
            assert!(!log.text.contains(secret), "{secret} in {}", log.text);
        }
        let first: Vec<Value> = log.json()["items"].as_array().unwrap().iter().map(|item| item["first"].clone()).collect();
        assert_eq!(first, [Value::Null, json!("Ada Lovelace"), Value::Null], "named once they know each other");
        assert_eq!(ids(&api.get(&admin, "/api/v1/outcomes?outcome=closed").await.json()), std::slice::from_ref(&closed));
        assert_eq!(ids(&api.get(&admin, "/api/v1/outcomes?q=hopper&limit=5").await.json()), std::slice::from_ref(&introduced));
        let bad = api.get(&admin, "/api/v1/outcomes.csv?from=x&outcome=y&colour=z").await;
        assert_eq!(bad.faults(), ["colour: unknown-field"]);
        let bad = api.get(&admin, "/api/v1/outcomes?from=x&outcome=y").await;
        assert_eq!(bad.faults(), ["from: not-a-day", "outcome: not-a-filter"]);
        let csv = api.get(&admin, "/api/v1/outcomes.csv").await;
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        let lines: Vec<&str> = csv.text.split_terminator("\r\n").collect();
        assert_eq!(lines[0], "id,connector,purpose,order,state,created,introduced,closed,outcome,first,second");
        assert_eq!(lines.len(), 4);
        assert!(lines[1].starts_with(&format!("{waiting},'=HYPERLINK(1),job_search,one_by_one,waiting,2026-03-17T")), "{}", lines[1]);
        assert!(lines[1].ends_with("Z,,,,,"), "{}", lines[1]);
        assert!(lines[2].ends_with(",,met,Ada Lovelace,Grace Hopper"), "{}", lines[2]);
        assert!(lines[3].contains("closed without introduction"), "{}", lines[3]);
    }

    async fn deliveries_are_masked_and_sent_again_on_request(db: TestDb) {
        let api = Api::new(db).await;
        let admin = api.admin().await;
        let id = api.asked(&admin, "ada").await;
        let queued = api.get(&admin, "/api/v1/deliveries?state=queued").await;
        let delivery = &queued.json()["items"][0];
        assert_eq!(delivery["recipient"], "a…@example.org");
        assert_eq!(delivery["family"], "ask");
        assert!(delivery["kind"].is_null() && !queued.text.contains(&id), "neither which of the two nor of what");
        assert!(!queued.text.contains("ada@"));
        let path = format!("/api/v1/deliveries/{}", delivery["id"].as_str().unwrap());
        let again = api.post_once(&admin, &format!("{path}/retry"), &json!({}), "r").await;
        assert_eq!((again.status.as_u16(), again.json()["state"].as_str()), (200, Some("queued")));
        api.pass(Span::seconds(1)).await;
        let sent = api.get(&admin, &path).await.json();
        assert_eq!((sent["state"].as_str(), sent["due_at"].is_null()), (Some("sent"), true));
        assert_eq!(sent["tries"].as_array().unwrap().len(), 1, "{sent}");
        let late = api.call(&admin, "POST", &format!("{path}/retry"), &json!({})).await;
        assert_eq!(late.problem(), (409, "cannot_retry".to_owned()));
        assert_eq!(api.post_once(&admin, &format!("{path}/retry"), &json!({}), "r").await.text, again.text);
        api.answer(&id, "first", says("no")).await;
        let all = api.get(&admin, "/api/v1/deliveries").await.json();
        assert_eq!(all["items"].as_array().unwrap().len(), 1, "a receipt would tell that somebody answered: {all}");
    }
}
