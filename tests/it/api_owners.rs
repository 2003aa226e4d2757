//! Who may call what: every route of the table, without a token, with the wrong scope, with another's id.

use serde_json::{Value, json};
use twoyes::domain::connector::{Role, Scope};
use twoyes::web::api::table;
use twoyes::web::routes::Access;

use crate::api_kit::Api;
use crate::support::db::both;

fn body_of(method: &str, path: &str) -> Value {
    match (method, path) {
        ("POST", path) if path.ends_with("/outcome") => json!({ "outcome": "met" }),
        ("POST" | "PATCH", _) => json!({}),
        _ => Value::Null,
    }
}

both! {
    async fn every_route_asks_for_its_scope(db: TestDb) {
        let api = Api::new(db).await;
        let admin = api.account("Ruth", "ruth@connect.example", Role::Admin).await;
        let all = [Scope::Read, Scope::Write, Scope::Admin];
        for route in table() {
            let path = route.path.replace("{id}", "0195a6d8-7c00-7000-8000-000000000001");
            let body = body_of(route.method, route.path);
            let stranger = api.call("", route.method, &path, &body).await;
            let Access::Token(scope) = route.access else {
                assert_eq!(stranger.status, 200, "{path}");
                continue;
            };
            assert_eq!(stranger.problem().0, 401, "{} {path}", route.method);
            let others: Vec<Scope> = all.into_iter().filter(|one| *one != scope).collect();
            let lacking = api.token(&admin, &others).await;
            assert_eq!(api.call(&lacking, route.method, &path, &body).await.problem().0, 403, "{} {path}", route.method);
            let having = api.token(&admin, &[scope]).await;
            let reply = api.call(&having, route.method, &path, &body).await;
            assert!(![401, 403, 405].contains(&reply.status.as_u16()), "{} {path}: {}", route.method, reply.text);
            if route.path.contains("{id}") {
                assert_eq!(reply.problem(), (404, "not_found".to_owned()), "{} {path}", route.method);
            }
        }
    }

    async fn what_is_somebody_elses_is_not_there(db: TestDb) {
        let api = Api::new(db).await;
        let mine = api.lena().await;
        let other = api.account("Kim", "kim@connect.example", Role::Admin).await;
        let theirs = api.token(&other, &[Scope::Read, Scope::Write, Scope::Admin]).await;
        let draft = api.draft(&mine, "ada").await;
        let asked = api.asked(&mine, "ada2").await;
        let person = json!({ "name": "Grace Hopper", "email": "grace@example.net" });
        let contact = api.call(&mine, "POST", "/api/v1/contacts", &person).await.id();
        let plan = api.call(&mine, "POST", &format!("/api/v1/contacts/{contact}/plans"), &crate::api_network::plan()).await.id();
        let file = api.send_file(&mine, "Name,Email\nSam,sam@people.example\n").await.id();
        let before = api.get(&mine, "/api/v1/introductions").await.text;
        for route in table() {
            let ids = match route.path {
                path if path.starts_with("/api/v1/introductions/") => vec![&draft, &asked],
                path if path.starts_with("/api/v1/contacts/") => vec![&contact],
                path if path.starts_with("/api/v1/plans/") => vec![&plan],
                path if path.starts_with("/api/v1/imports/") => vec![&file],
                _ => continue,
            };
            for id in ids {
                let path = route.path.replace("{id}", id);
                let reply = api.call(&theirs, route.method, &path, &body_of(route.method, route.path)).await;
                assert_eq!(reply.problem(), (404, "not_found".to_owned()), "{} {path}", route.method);
            }
        }
        for path in ["/api/v1/introductions", "/api/v1/contacts", "/api/v1/plans", "/api/v1/imports", "/api/v1/recruiters", "/api/v1/requests"] {
            assert_eq!(api.get(&theirs, path).await.json()["items"], json!([]), "{path}");
        }
        let mut body = crate::api_kit::draft();
        body["second"]["contact_id"] = json!(contact);
        let reply = api.call(&theirs, "POST", "/api/v1/introductions", &body).await;
        assert_eq!(reply.faults(), ["second.contact_id: not-found"]);
        assert_eq!(api.get(&mine, "/api/v1/introductions").await.text, before, "nothing was changed");
    }
}
