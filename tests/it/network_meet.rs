//! Who should meet? The reasons, what is left out, and how good the suggestions are on a network of 2,000 made-up
//! people with 40 searches judged by hand.

use twoyes::domain::contact::{Contact, RawContact};
use twoyes::domain::facets::RawFacets;
use twoyes::flow::{ask, draft, meet, people};

use crate::network_kit::add;
use crate::support::app::{TestApp, raw_draft};

fn wish(text: &str) -> RawFacets {
    RawFacets { looking_for: text.into(), ..RawFacets::default() }
}

#[tokio::test]
async fn a_suggestion_says_why_in_the_connectors_own_words() {
    let app = TestApp::new().await;
    let sam =
        add(&app, "Sam", RawFacets { place: "Leeds, UK".into(), ..wish("a job as a designer in Leeds") })
            .await;
    let path = format!("/contacts/{}/meet", sam.id);
    app.see(&path).await.is(200).says("Nobody among your contacts comes to mind yet");
    add(&app, "Nell", RawFacets { role: "Nurse".into(), place: "Leeds".into(), ..RawFacets::default() })
        .await;
    let offers = RawFacets { can_help: "happy to talk about design".into(), ..RawFacets::default() };
    let dora = add(&app, "Dora", offers.clone()).await;
    let raw = RawContact {
        name: "Ulla".into(),
        email: "ulla@people.example".into(),
        employer: "Acme".into(),
        facets: RawFacets { role: "UX lead".into(), place: "leeds".into(), ..RawFacets::default() },
        ..RawContact::default()
    };
    people::add(app.cx(), &app.connector, &raw).await.unwrap();
    let raw = RawContact {
        name: "Noel".into(),
        notes: "Worked at the design studio until 2024.".into(),
        ..RawContact::default()
    };
    people::add(app.cx(), &app.connector, &raw).await.unwrap();
    add(&app, "Hidden", RawFacets { left_out: true, ..offers }).await;
    add(&app, "Rival", RawFacets { role: "designer".into(), ..wish("design work") }).await;

    let page = app.see(&path).await.is(200);
    let page = page.says("You marked that they can help: “happy to talk about design”.");
    let page = page.says("They do it themselves: UX lead at Acme.").says("Both are in leeds");
    let page = page
        .says("You noted: “Worked at the design studio until 2024”.")
        .says("address of one of them is not known");
    let page = page.hides("Nell").hides("Hidden").hides("Rival");
    assert!(
        page.body.contains(&format!("?first={}&amp;second={}", sam.id, dora.id)),
        "who looks is asked first"
    );
    // From the other side the seeker is suggested, and still asked first.
    let other = app.see(&format!("/contacts/{}", dora.id)).await.is(200).says("Who should meet Dora?");
    let other = other.says("They look for what can be given here: “a job as a designer in Leeds”.");
    assert!(other.body.contains(&format!("?first={}&amp;second={}", sam.id, dora.id)));
    app.see("/").await.is(200).says("Think ahead").says("Sam and");
}

#[tokio::test]
async fn who_was_asked_about_each_other_before_is_not_suggested_again() {
    let app = TestApp::new().await;
    let sam = add(&app, "Sam", wish("design")).await;
    let dora = add(&app, "Dora", RawFacets { can_help: "design".into(), ..RawFacets::default() }).await;
    let found = meet::for_contact(app.cx(), &app.connector, &sam, 5).await.unwrap();
    assert_eq!(found.len(), 1);
    let mut raw = raw_draft();
    raw.first.email = sam.facts.address().to_owned();
    raw.second.email = dora.facts.address().to_owned();
    let of = draft::create(app.cx(), &app.connector, &raw).await.unwrap();
    assert_eq!(
        meet::for_contact(app.cx(), &app.connector, &sam, 5).await.unwrap().len(),
        1,
        "a draft asks nobody"
    );
    ask::ask(app.cx(), &app.connector, of.id).await.unwrap();
    for contact in [&sam, &dora] {
        assert!(meet::for_contact(app.cx(), &app.connector, contact, 5).await.unwrap().is_empty());
    }
}

/// A profession of the made-up network: its key, how people call what they do, their field, and how a connector
/// writes down what they would gladly help with.
type Profession = (&'static str, [&'static str; 4], &'static str, [&'static str; 3]);

const PROFESSIONS: [Profession; 24] = [
    (
        "software",
        ["Backend developer", "Software engineer", "Rust programmer", "Full-stack developer"],
        "software",
        [
            "review a first pull request",
            "explain how coding interviews go",
            "talk about life as a programmer",
        ],
    ),
    (
        "data",
        ["Data analyst", "Statistician", "Data scientist", "BI specialist"],
        "analytics",
        ["look at a statistics portfolio", "talk about moving into data", "explain what analysts do all day"],
    ),
    (
        "design",
        ["Product designer", "UX lead", "Graphic artist", "Illustrator"],
        "design",
        ["look at portfolios", "talk about design systems", "show a studio from inside"],
    ),
    (
        "nursing",
        ["Ward sister", "Nurse practitioner", "Staff nurse", "Paediatric nurse"],
        "health care",
        ["show newcomers the hospital", "talk about nursing abroad", "explain night shifts in a clinic"],
    ),
    (
        "medicine",
        ["Surgeon", "General practitioner", "Consultant physician", "Anaesthetist"],
        "medicine",
        ["talk about training as a doctor", "read medical school letters", "explain a clinical career"],
    ),
    (
        "teaching",
        ["Primary teacher", "Head of mathematics", "Secondary school teacher", "Kindergarten educator"],
        "education",
        ["let somebody visit a class", "talk about becoming a teacher", "share lesson plans"],
    ),
    (
        "law",
        ["Solicitor", "Barrister", "Paralegal", "In-house counsel"],
        "law",
        ["talk about legal training", "explain pupillage", "introduce to a law clinic"],
    ),
    (
        "accounting",
        ["Chartered accountant", "Bookkeeper", "Tax adviser", "Financial controller"],
        "finance",
        ["look over a bookkeeping exam", "talk about audit firms", "explain tax work"],
    ),
    (
        "sales",
        ["Account executive", "Sales representative", "Key account manager", "Retail buyer"],
        "sales",
        ["rehearse a sales pitch", "talk about selling to schools", "explain commission"],
    ),
    (
        "marketing",
        ["Brand manager", "SEO specialist", "Copywriter", "Campaign lead"],
        "marketing",
        ["read a campaign plan", "talk about advertising agencies", "look at copy"],
    ),
    (
        "hr",
        ["Recruiter", "HR business partner", "Talent scout", "Personnel officer"],
        "human resources",
        ["read a CV as a recruiter does", "talk about hiring", "explain how staffing firms work"],
    ),
    (
        "logistics",
        ["Warehouse supervisor", "Freight forwarder", "Supply chain planner", "Dispatcher"],
        "logistics",
        ["show a warehouse", "talk about freight", "explain procurement"],
    ),
    (
        "construction",
        ["Site supervisor", "Carpenter", "Master builder", "Plumber"],
        "building trades",
        ["show a building site", "talk about apprenticeships with a carpenter", "explain joinery"],
    ),
    (
        "electrical",
        ["Electrician", "Electronics technician", "Hardware engineer", "Control panel builder"],
        "electrical trades",
        ["talk about an electrician's exam", "show an electronics workshop", "explain wiring rules"],
    ),
    (
        "cooking",
        ["Head chef", "Pastry cook", "Restaurant owner", "Baker"],
        "gastronomy",
        ["give a trial day in the kitchen", "talk about running a restaurant", "show a bakery at night"],
    ),
    (
        "journalism",
        ["Reporter", "News editor", "Freelance journalist", "Science writer"],
        "press",
        ["read a first article", "talk about newspapers", "explain pitching to editors"],
    ),
    (
        "translation",
        ["Translator", "Conference interpreter", "Localisation lead", "Subtitler"],
        "languages",
        ["talk about interpreting for courts", "check a sample translation", "explain rates for translators"],
    ),
    (
        "music",
        ["Violinist", "Composer", "Sound engineer", "Choir conductor"],
        "music",
        ["listen to a demo", "talk about orchestras and musicians", "explain royalties"],
    ),
    (
        "architecture",
        ["Architect", "Urban planner", "Interior architect", "Landscape architect"],
        "architecture",
        ["look at drawings", "talk about planning offices", "explain competitions for architects"],
    ),
    (
        "chemistry",
        ["Chemist", "Laboratory technician", "Polymer chemist", "Process chemist"],
        "chemical industry",
        ["show a laboratory", "talk about chemistry in industry", "explain safety training"],
    ),
    (
        "energy",
        ["Solar installer", "Wind park planner", "Grid engineer", "Energy consultant"],
        "renewable energy",
        ["talk about wind parks", "show a solar plant", "explain energy audits"],
    ),
    (
        "farming",
        ["Organic farmer", "Vineyard manager", "Head gardener", "Agronomist"],
        "agriculture",
        ["offer harvest work", "talk about farming without land", "show a market garden"],
    ),
    (
        "charity",
        ["Fundraiser", "Volunteer coordinator", "Charity director", "Programme officer"],
        "charities",
        ["talk about working for an NGO", "read a grant application", "explain fundraising"],
    ),
    (
        "aviation",
        ["Airline pilot", "Aircraft mechanic", "Cabin crew lead", "Air traffic controller"],
        "aviation",
        ["show a hangar", "talk about flight school for pilots", "explain airline rosters"],
    ),
];

/// What somebody looks for, and whose help a person would send them to; judged by reading, not by running.
const JUDGED: [(&str, &[&str]); 40] = [
    ("a first job as a programmer", &["software"]),
    ("work as a software engineer, Rust or Java", &["software"]),
    ("somebody to talk to about coding", &["software"]),
    ("a way from physics into data science", &["data"]),
    ("a junior analyst position", &["data"]),
    ("to learn statistics for work", &["data"]),
    ("a UX design role", &["design"]),
    ("feedback on an illustration portfolio", &["design"]),
    ("an internship in a graphic design studio", &["design"]),
    ("a position as a nurse", &["nursing"]),
    ("nursing in another country", &["nursing"]),
    ("work in a hospital ward", &["nursing", "medicine"]),
    ("to become a doctor", &["medicine"]),
    ("a clinical job for a young physician", &["medicine", "nursing"]),
    ("a place as a primary school teacher", &["teaching"]),
    ("to visit a class before teaching", &["teaching"]),
    ("a training contract with a solicitor", &["law"]),
    ("legal work, paralegal for a start", &["law"]),
    ("bookkeeping for small firms", &["accounting"]),
    ("a tax or audit traineeship", &["accounting"]),
    ("a sales job in retail", &["sales"]),
    ("to get better at selling", &["sales"]),
    ("a marketing assistant position", &["marketing"]),
    ("copywriting for a brand", &["marketing"]),
    ("a way into recruiting", &["hr"]),
    ("work in human resources", &["hr"]),
    ("a warehouse job", &["logistics"]),
    ("supply chain and procurement", &["logistics"]),
    ("an apprenticeship as a carpenter", &["construction"]),
    ("work on a building site", &["construction"]),
    ("a place as an electrician", &["electrical"]),
    ("a kitchen job, cook or baker", &["cooking"]),
    ("to write for a newspaper", &["journalism"]),
    ("translation work from French", &["translation"]),
    ("to play in an orchestra as a musician", &["music"]),
    ("a trainee place with an architect", &["architecture"]),
    ("laboratory work as a chemist", &["chemistry"]),
    ("work with solar or wind power", &["energy"]),
    ("farm work for a season", &["farming"]),
    ("a position with a charity or NGO", &["charity"]),
];

/// The address book: 2,000 people, most of them with little written down, as address books are.
async fn network(app: &TestApp) {
    let places = ["Leeds", "York", "Hull", "Bath", "Kent"];
    for nth in 0..2_000_usize {
        // Strides that share no factor with what they walk over, so that everything meets everything.
        let (key, roles, field, helps) = &PROFESSIONS[nth % PROFESSIONS.len()];
        let seeks = nth % 11 == 0;
        let raw = RawContact {
            name: format!("Person {nth}"),
            email: format!("{key}.{nth}@people.example"),
            employer: format!("{} {}", ["North", "South", "East", "West"][nth / 7 % 4], nth % 90),
            notes: ["", "", "Met at a wedding.", "Likes hiking and data about birds.", "Sister of a nurse."]
                [nth / 3 % 5]
                .into(),
            facets: RawFacets {
                role: roles[nth / 24 % 4].to_owned(),
                field: if nth / 5 % 3 == 0 { String::new() } else { (*field).to_owned() },
                place: places[nth / 13 % 5].to_owned(),
                can_help: if nth / 17 % 4 == 0 { helps[nth / 29 % 3].to_owned() } else { String::new() },
                looking_for: if seeks {
                    format!("a new position as {}", roles[nth / 24 % 4].to_lowercase())
                } else {
                    String::new()
                },
                left_out: nth % 37 == 0,
                ..RawFacets::default()
            },
            ..RawContact::default()
        };
        people::add(app.cx(), &app.connector, &raw).await.unwrap();
    }
}

/// What somebody of the network really does.
fn profession(of: &Contact) -> &str {
    of.facts.address().split('.').next().unwrap_or_default()
}

#[tokio::test]
async fn suggestions_are_good_on_two_thousand_people_and_forty_judged_searches() {
    let app = TestApp::new().await;
    network(&app).await;
    let (mut sum, mut worst) = (0.0, Vec::new());
    let began = std::time::Instant::now();
    for (nth, (text, good)) in JUDGED.iter().enumerate() {
        let seeker = add(&app, &format!("Seeker {nth}"), wish(text)).await;
        let found = meet::for_contact(app.cx(), &app.connector, &seeker, 5).await.unwrap();
        assert!(found.iter().all(|one| !one.other.facts.facets.left_out));
        let right = found.iter().filter(|one| good.contains(&profession(&one.other))).count();
        // Fewer than five are judged as if the rest were wrong.
        sum += f64::from(u32::try_from(right).unwrap()) / 5.0;
        if right < 5 {
            let got: Vec<String> = found
                .iter()
                .map(|one| format!("{} ({})", profession(&one.other), one.reasons[0].word()))
                .collect();
            worst.push(format!("{right}/5 {text}: {}", got.join(", ")));
        }
        people::remove(app.cx(), &app.connector, seeker.id).await.unwrap();
    }
    let precision = sum / 40.0;
    let each = began.elapsed().as_secs_f64() * 1_000.0 / 40.0;
    println!(
        "figure: suggestions: precision at 5 is {precision:.2} over 40 searches among 2,000 people, {each:.0} ms each"
    );
    println!("{}", worst.join("\n"));
    assert!(precision >= 0.85, "{precision}\n{}", worst.join("\n"));
}
