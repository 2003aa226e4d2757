//! A seeker's plan, and landing.

use twoyes::clock::Span;
use twoyes::domain::asking::Side;
use twoyes::domain::connector::Role;
use twoyes::domain::contact::{Contact, RawContact};
use twoyes::domain::facets::RawFacets;
use twoyes::domain::introduction::State;
use twoyes::domain::letter::LinkName::{Answer, CheckIn, Manage};
use twoyes::flow::{account, ask, draft, people};
use twoyes::ids::IntroductionId;

use crate::network_kit::add;
use crate::support::app::{TestApp, raw_draft};

const TEXTS: [(&str, &str); 7] = [
    ("purpose", "job_search"),
    ("why_first", "{name} hires nurses."),
    ("why_second", "Sam is the most patient person I know, {name}."),
    ("blurb", "Sam nursed for ten years."),
    ("shared", "Sam, {name}. {name}, Sam."),
    ("step", "Twenty minutes on the phone."),
    ("per_week", "1"),
];

async fn seeker(app: &TestApp) -> Contact {
    add(app, "Sam Cole", RawFacets { looking_for: "work as a nurse".into(), ..RawFacets::default() }).await
}

async fn helper(app: &TestApp, name: &str, circle: &str) -> Contact {
    let facets = RawFacets {
        circle: circle.into(),
        role: "head nurse".into(),
        can_help: "show the hospital".into(),
        ..RawFacets::default()
    };
    add(app, name, facets).await
}

/// A plan for Sam with these in it; its path.
async fn plan(app: &TestApp, seeker: &Contact, people: &[&Contact]) -> String {
    let new = app.act(&format!("/contacts/{}/plan", seeker.id), &TEXTS).await.is(303);
    let path = new.header("location").to_owned();
    let ticks: Vec<(String, &str)> = people.iter().map(|one| (format!("person.{}", one.id), "yes")).collect();
    let ticks: Vec<(&str, &str)> = ticks.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    app.act(&format!("{path}/people"), &ticks).await.is(303);
    path
}

/// Starts one; the id of its draft.
async fn start(app: &TestApp, path: &str, person: &Contact) -> IntroductionId {
    let started = app.act(&format!("{path}/start"), &[("person", &person.id.to_string())]).await.is(303);
    started.header("location").split('/').nth(2).unwrap().parse().unwrap()
}

async fn says_yes(app: &TestApp, id: IntroductionId, side: Side) {
    let link = app.link(id, side, Answer).await;
    let nonce = app.get(&link).await.is(200).value("nonce");
    app.post(&link, &[("nonce", &nonce), ("choice", "yes")]).await.is(200);
    app.later(Span::minutes(11));
    app.deliver().await;
}

#[tokio::test]
async fn a_plan_is_written_once_and_started_one_by_one_at_its_pace() {
    let mut app = TestApp::new().await;
    let sam = seeker(&app).await;
    let (grace, alan) =
        (helper(&app, "Grace Hopper", "coworkers").await, helper(&app, "Alan Turing", "family").await);
    app.see(&format!("/contacts/{}", sam.id)).await.says("Make a plan for them");
    let bad = app
        .act(&format!("/contacts/{}/plan", sam.id), &[("purpose", "job_search"), ("per_week", "99")])
        .await;
    bad.is(422).says("must be between 1 and 10").says("The shared introduction is needed");
    let path = plan(&app, &sam, &[&grace]).await;
    app.see(&format!("{path}?circle=family")).await.is(200).says("Alan Turing").says("Family and friends");
    app.act(
        &format!("{path}/people"),
        &[(&format!("person.{}", alan.id), "yes"), (&format!("person.{}", sam.id), "yes")],
    )
    .await
    .is(303);
    let page = app.see(&path).await.is(200).says("The people 2").says("The next one can be started now");
    assert_eq!(page.body.matches("<rect").count(), 1, "all of them planned");

    let id = start(&app, &path, &grace).await;
    let of = app.load(id).await;
    assert_eq!(of.state, State::Draft, "nobody is asked before the connector has looked");
    assert_eq!(of.terms.shared, "Sam, Grace. Grace, Sam.");
    assert_eq!(of.parties.second.why, "Sam is the most patient person I know, Grace.");
    assert_eq!(
        (of.parties.first.name.as_str(), of.parties.second.described.as_str()),
        ("Sam Cole", "head nurse")
    );
    assert!(app.deliver().await.is_empty());
    // One a week: the second has to wait, and says until when.
    app.act(&format!("{path}/start"), &[("person", &alan.id.to_string())])
        .await
        .is(409)
        .says("The next one can be started on");
    app.see(&path).await.says("The next one can be started on");
    // A draft that is thrown away gives its place back.
    draft::delete(app.cx(), &app.connector, id).await.unwrap();
    let id = start(&app, &path, &alan).await;
    ask::ask(app.cx(), &app.connector, id).await.unwrap();
    app.see(&path).await.says("Being asked 1").says("Planned 1");
    app.later(Span::days(8));
    app.sign_in().await;
    start(&app, &path, &grace).await;
    app.act(&format!("{path}/start"), &[("person", &grace.id.to_string())]).await.is(409);
    app.act(&format!("{path}/delete"), &[]).await.is(303);
    app.see("/plans?told=deleted").await.is(200).says("The plan was deleted");
}

#[tokio::test]
async fn without_an_address_nothing_is_started_and_the_place_stays_free() {
    let app = TestApp::new().await;
    let sam = seeker(&app).await;
    let raw = RawContact { name: "Nora".into(), ..RawContact::default() };
    let nora = people::add(app.cx(), &app.connector, &raw).await.unwrap();
    let path = plan(&app, &sam, &[&nora]).await;
    app.see(&path).await.says("Their address is not known yet");
    let refused = app.act(&format!("{path}/start"), &[("person", &nora.id.to_string())]).await.is(422);
    refused.says("address is needed");
    let raw = RawContact {
        email: "nora@x.example".into(),
        facets: RawFacets { role: "nurse".into(), ..RawFacets::default() },
        ..raw
    };
    people::change(app.cx(), &app.connector, nora.id, &raw).await.unwrap();
    start(&app, &path, &nora).await;
    app.act(&format!("{path}/remove"), &[("person", &nora.id.to_string())]).await.is(409);
}

#[tokio::test]
async fn landing_withdraws_what_is_open_cancels_the_plan_and_prepares_the_thanks() {
    let mut app = TestApp::new().await;
    let sam = seeker(&app).await;
    let (grace, alan, ida) = (
        helper(&app, "Grace Hopper", "coworkers").await,
        helper(&app, "Alan Turing", "family").await,
        helper(&app, "Ida Rhodes", "seekers").await,
    );
    let path = plan(&app, &sam, &[&grace, &alan, &ida]).await;
    // Grace was met, Alan is being asked, Ida is only planned.
    let met = start(&app, &path, &grace).await;
    ask::ask(app.cx(), &app.connector, met).await.unwrap();
    app.deliver().await;
    says_yes(&app, met, Side::First).await;
    says_yes(&app, met, Side::Second).await;
    assert_eq!(app.load(met).await.state, State::Introduced);
    app.later(Span::days(8));
    app.sign_in().await;
    let open = start(&app, &path, &alan).await;
    ask::ask(app.cx(), &app.connector, open).await.unwrap();
    app.deliver().await;
    says_yes(&app, open, Side::First).await;

    let done = app.act(&format!("/contacts/{}/landed", sam.id), &[]).await.is(303);
    let thanks = done.header("location").to_owned();
    let page = app.see(&thanks).await.is(200).says("Sam Cole found a job").says("To Grace Hopper");
    let page = page.says("Hello Grace").says("Sam has found a job now").hides("Hello Alan");
    assert!(page.body.contains("mailto:grace.hopper@people.example?subject="), "{}", page.body);
    assert!(app.load(open).await.withdrawn_at.is_some());
    app.see(&path).await.is(200).says("Nothing of this plan is started any more");
    app.act(&format!("{path}/start"), &[("person", &ida.id.to_string())]).await.is(409);
    // Alan notices nothing now: his page is as it was, and no mail goes to him.
    app.get(&app.link(open, Side::Second, Answer).await).await.is(200);
    assert!(app.deliver().await.is_empty());

    app.see("/").await.says("Sam Cole found a job. Thank whoever helped.");
    app.act(&format!("{thanks}/settled"), &[]).await.is(303);
    app.see("/").await.hides("Sam Cole found a job. Thank");
    // The switch twice is the switch once.
    let again = app.act(&format!("/contacts/{}/landed", sam.id), &[]).await.is(303);
    assert_eq!(again.header("location").len(), thanks.len());
}

#[tokio::test]
async fn a_seeker_says_so_on_their_own_page_and_every_connector_of_theirs_is_told() {
    let app = TestApp::new().await;
    let kim = account::add(app.cx(), "kim@connect.example", "Kim", Role::Connector).await.unwrap();
    let one = app.asked().await;
    let mut raw = raw_draft();
    raw.second.email = "other@helper.example".into();
    let other = draft::create(app.cx(), &kim, &raw).await.unwrap();
    ask::ask(app.cx(), &kim, other.id).await.unwrap();
    app.deliver().await;
    let second_sees = |id| {
        let app = &app;
        async move { app.get(&app.link(id, Side::Second, Manage).await).await.body.contains("I found a job") }
    };
    let link = app.link(one.id, Side::First, Manage).await;
    app.get(&link).await.is(200).says("You found a job?");
    assert!(!second_sees(one.id).await, "who helps does not look for work");
    let page = app.get(&format!("{link}/landed")).await.is(200);
    let nonce = page.value("nonce");
    let send = |form: &'static [(&'static str, &'static str)], nonce: String| {
        let (app, link) = (&app, link.clone());
        async move {
            let mut all = vec![("nonce", nonce.as_str())];
            all.extend_from_slice(form);
            app.post(&format!("{link}/landed"), &all).await
        }
    };
    // The first button, which a robot takes, does nothing; neither does a yes without the tick.
    send(&[("landed", "yes"), ("sure", "")], nonce.clone()).await.is(200).says("Nothing was changed");
    send(&[("sure", "yes")], nonce.clone()).await.is(422);
    assert!(app.load(one.id).await.withdrawn_at.is_none());
    send(&[("landed", "yes"), ("sure", "yes")], nonce).await.is(303);
    for id in [one.id, other.id] {
        assert!(app.load(id).await.withdrawn_at.is_some());
    }
    app.get(&format!("{link}?done=landed")).await.is(200).says("Your search is over").hides("I found a job");
    let name = app.load(one.id).await.parties.first.name;
    app.see("/").await.says(&format!("{name} found a job"));
    assert_eq!(twoyes::flow::landed::open(app.cx(), &kim).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_fit_is_for_the_colleague_alone_and_a_second_seeker_is_warned_of() {
    let app = TestApp::new().await;
    let mut raw = raw_draft();
    raw.purpose = "colleague".into();
    raw.fit = "She would calm our zeppelin team.".into();
    let of = draft::create(app.cx(), &app.connector, &raw).await.unwrap();
    ask::ask(app.cx(), &app.connector, of.id).await.unwrap();
    let mut mails = app.deliver().await;
    let link = app.link(of.id, Side::First, Answer).await;
    app.get(&link).await.is(200).hides("zeppelin");
    let nonce = app.get(&link).await.value("nonce");
    app.post(&link, &[("nonce", &nonce), ("choice", "yes")]).await.is(200);
    app.later(Span::minutes(11));
    mails.extend(app.deliver().await);
    app.get(&app.link(of.id, Side::Second, Answer).await).await.is(200).says("calm our zeppelin team");
    says_yes(&app, of.id, Side::Second).await;
    mails.extend(app.deliver().await);
    for mail in &mails {
        let asks_second = mail.to.iter().any(|to| to.address == raw.second.email)
            && mail.subject.contains("work well with");
        assert_eq!(mail.text.contains("zeppelin"), asks_second, "{}", mail.subject);
        assert_eq!(mail.html.as_deref().unwrap_or_default().contains("zeppelin"), asks_second);
    }
    let told: Vec<&str> = mails.iter().map(|mail| mail.subject.as_str()).collect();
    assert!(mails.iter().any(|mail| mail.text.contains("zeppelin")), "{told:?}");
    // Another seeker for the same colleague.
    let form = [
        ("purpose", "colleague"),
        ("first.name", "Sam"),
        ("first.email", "sam@other.example"),
        ("second.name", raw.second.name.as_str()),
        ("second.email", raw.second.email.as_str()),
        ("do", "check"),
    ];
    let page = app.act("/introductions/new", &form).await.is(200);
    page.says("You sent somebody else to").says("why they would fit where you both work");
    app.later(Span::days(91));
    let mut other = app;
    other.sign_in().await;
    other.act("/introductions/new", &form).await.is(200).hides("You sent somebody else to");
}

#[tokio::test]
async fn a_party_who_met_finds_thanks_to_copy_and_no_address_of_the_other() {
    let app = TestApp::new().await;
    let of = app.asked().await;
    app.deliver().await;
    says_yes(&app, of.id, Side::First).await;
    says_yes(&app, of.id, Side::Second).await;
    let link = app.link(of.id, Side::First, CheckIn).await;
    let nonce = app.get(&link).await.is(200).value("nonce");
    let done = app.post(&link, &[("nonce", &nonce), ("outcome", "met")]).await.is(200);
    let done = done.says("Say thank you, if you like").says("and I met. Thank you for thinking of us both");
    assert!(done.body.contains("mailto:ada@lovelace.example?subject="), "to the connector");
    assert!(done.body.contains("mailto:?subject="), "and to the other in the thread that they share");
    done.hides(of.parties.second.email.as_str());
    app.later(Span::minutes(5));
    let nonce = app.get(&link).await.value("nonce");
    let done = app.post(&link, &[("nonce", &nonce), ("outcome", "landed")]).await.is(200);
    done.says("I found a job").says("say so on your page");
    let nonce = app.get(&link).await.value("nonce");
    app.later(Span::minutes(5));
    app.post(&link, &[("nonce", &nonce), ("outcome", "no_reply")])
        .await
        .is(200)
        .hides("Say thank you, if you like");
}
