//! The small network of the demo: forty made-up people around Lena, so that circles, suggestions and a plan can be
//! tried at once.

use crate::domain::ask_me::{RawPage, RawRequest};
use crate::domain::connector::Connector;
use crate::domain::contact::{Contact, RawContact};
use crate::domain::facets::RawFacets;
use crate::domain::own_card::Question;
use crate::domain::plan::RawPlan;
use crate::flow::own_card::{self, Reply};
use crate::flow::{Cx, ask_me, people, plan, weekly, your_page};

/// Name, circle, what they do, field, place, employer, what they look for, what they can help with.
type Row = [&'static str; 8];

#[rustfmt::skip]
const PEOPLE: [Row; 40] = [
    ["Mia Krause", "seekers", "UX designer", "design", "Hamburg", "", "a product design role in a patient team", "sketch an app in an afternoon"],
    ["Oskar Lund", "coworkers", "head of product design", "design", "Hamburg", "Nordlicht", "", "look at portfolios and talk about design interviews"],
    ["Ines Duarte", "coworkers", "design researcher", "design", "Lisbon", "Volta", "", "explain how research teams hire"],
    ["Pavel Novak", "acquaintances", "illustrator", "publishing", "Prague", "", "", "show how to price illustration work"],
    ["Greta Holm", "family", "primary school teacher", "education", "Kiel", "Schule am Park", "", "let somebody visit her class"],
    ["Luca Ferri", "seekers", "chemistry teacher", "education", "Kiel", "", "a place at a school in the north", "explain chemistry without a lab"],
    ["Amara Diallo", "associations", "head teacher", "education", "Hamburg", "Gymnasium West", "", "talk about becoming a teacher late"],
    ["Nils Brandt", "family", "carpenter", "building trades", "Kiel", "Brandt Holz", "", "take somebody along to a building site"],
    ["Yara Haddad", "seekers", "apprentice joiner", "building trades", "Hamburg", "", "an apprenticeship as a carpenter", ""],
    ["Tomasz Zielinski", "coworkers", "backend developer", "software", "Berlin", "Nordlicht", "", "review a first pull request"],
    ["Aiko Mori", "seekers", "junior programmer", "software", "Berlin", "", "a first job as a software developer", "translate between Japanese and English"],
    ["Kwame Mensah", "coworkers", "engineering manager", "software", "Hamburg", "Volta", "", "run mock interviews for programmers"],
    ["Elif Kaya", "associations", "security engineer", "software", "Berlin", "Hafen Bank", "two speakers about starting in security", "talk about certificates that matter"],
    ["Rosa Lindgren", "associations", "midwife", "health care", "Malmo", "Skane Klinik", "", "talk about nursing in Sweden"],
    ["Ben Okoro", "seekers", "nurse", "health care", "Hamburg", "", "nursing in Scandinavia", "teach first aid"],
    ["Fatima Zahra", "acquaintances", "hospital manager", "health care", "Hamburg", "Klinik Elbe", "nurses for a new ward", "show the hospital to newcomers"],
    ["Viktor Hansen", "coworkers", "data analyst", "analytics", "Copenhagen", "Okafor Data", "", "look over a statistics portfolio"],
    ["Sara Lindholm", "seekers", "physicist", "research", "Hamburg", "", "a way from physics into data science", "explain uncertainty in plain words"],
    ["Jun Park", "acquaintances", "machine learning lead", "analytics", "Berlin", "Hafen Bank", "", "talk about moving into data"],
    ["Clara Wolff", "family", "accountant", "finance", "Kiel", "Wolff & Partner", "", "help with a first tax return"],
    ["Henry Adeyemi", "seekers", "bookkeeper", "finance", "Hamburg", "", "bookkeeping for small firms", "keep the books of a club"],
    ["Paula Reyes", "associations", "fundraiser", "charities", "Hamburg", "Open Harbour", "volunteers who can teach German", "read a grant application"],
    ["Mateo Silva", "acquaintances", "chef", "gastronomy", "Lisbon", "Tasca Nova", "", "give a trial day in the kitchen"],
    ["Lina Berg", "seekers", "baker", "gastronomy", "Kiel", "", "work in a bakery or a kitchen", "bake for forty people"],
    ["Noah Fischer", "coworkers", "recruiter", "human resources", "Berlin", "Talentwerk", "", "read a CV as a recruiter does"],
    ["Anya Petrova", "acquaintances", "translator", "languages", "Berlin", "", "", "check a sample translation"],
    ["Felix Sommer", "family", "wind park planner", "renewable energy", "Husum", "Volta", "", "talk about work with wind and solar power"],
    ["Dana Weiss", "seekers", "electrician", "electrical trades", "Hamburg", "", "work with solar power", "explain a fuse box"],
    ["Igor Simic", "associations", "journalist", "press", "Hamburg", "Elbblatt", "people to interview about changing careers", "read a first article"],
    ["Nora Quist", "acquaintances", "editor", "press", "Copenhagen", "Nordpress", "", "explain how pitching works"],
    ["Samir Bakr", "coworkers", "warehouse supervisor", "logistics", "Hamburg", "Hafenlager", "", "show a warehouse at night"],
    ["Olga Baran", "seekers", "dispatcher", "logistics", "Kiel", "", "a job in freight or supply chains", ""],
    ["Theo Marsh", "associations", "solicitor", "law", "London", "Marsh & Co", "", "explain a training contract"],
    ["Ida Storm", "seekers", "paralegal", "law", "Hamburg", "", "legal work, also part time", ""],
    ["Bruno Costa", "acquaintances", "architect", "architecture", "Lisbon", "Costa Atelier", "", "look at drawings"],
    ["Wanda Krol", "family", "choir conductor", "music", "Kiel", "", "a hall for forty singers", "coach a first audition"],
    ["Emil Sand", "acquaintances", "sound engineer", "music", "Berlin", "", "", "listen to a demo tape"],
    ["Zoe Marin", "coworkers", "marketing lead", "marketing", "Hamburg", "Nordlicht", "", "read a campaign plan"],
    ["Lars Voss", "seekers", "copywriter", "marketing", "Hamburg", "", "writing for a brand that lasts", "find a shorter sentence"],
    ["Ruben Katz", "acquaintances", "neighbour's lawyer", "law", "Hamburg", "", "", ""],
];

/// Whose plan lies there already, and who is in it.
const SEEKER: &str = "Mia Krause";
/// Who may be passed on to people who look for work.
const RECRUITER: &str = "Noah Fischer";
/// The end of the address of Lena's page.
const SLUG: &str = "lena";
const HELPERS: [&str; 3] = ["Oskar Lund", "Ines Duarte", "Pavel Novak"];

/// Files everybody, but for a few who wait to be filed, and writes the plan.
pub async fn fill(cx: &Cx, who: &Connector) -> anyhow::Result<()> {
    let (mut seeker, mut helpers) = (None, Vec::new());
    for (nth, row) in PEOPLE.iter().enumerate() {
        let saved = people::add(cx, who, &contact(row, nth % 10 == 9)).await?;
        if row[0] == RECRUITER {
            recruiter(cx, who, &saved).await?;
        }
        if row[0] == SEEKER {
            seeker = Some(saved.id);
        }
        helpers.extend(HELPERS.contains(&row[0]).then_some(saved.id));
    }
    if let Some(seeker) = seeker {
        let id = plan::create(cx, who, seeker, &texts()).await?;
        plan::add(cx, who, id, &helpers).await?;
    }
    weekly::switch(cx, who, true).await?;
    asked_for(cx, who).await
}

/// A recruiter who agreed to be passed on.
async fn recruiter(cx: &Cx, who: &Connector, of: &Contact) -> anyhow::Result<()> {
    own_card::mark(cx, who, of.id, true).await?;
    own_card::ask(cx, who, of.id, Question::PassOn).await?;
    let card = own_card::of(cx, who, of).await?.ok_or_else(|| anyhow::anyhow!("the card is gone"))?;
    let path = your_page::card_path(cx, card.link);
    let token = path.rsplit('/').next().unwrap_or_default();
    let page = own_card::open(cx, token).await?;
    let yes = Reply::PassOn { sure: true, reach: "By mail, with a CV and two sentences.".into() };
    own_card::reply(cx, token, &page.nonce, &yes).await?;
    Ok(())
}

/// Lena can be asked, and somebody did; their mail waits in the mailbox to be confirmed.
async fn asked_for(cx: &Cx, who: &Connector) -> anyhow::Result<()> {
    let page = RawPage {
        slug: SLUG.into(),
        welcome: "I know people in design, software and health care, most of them around Hamburg.".into(),
        is_open: true,
    };
    ask_me::save_page(cx, who, &page).await?;
    let request = RawRequest {
        name: "Kim Sato".into(),
        email: "kim.sato@people.example".into(),
        wish: "Somebody who went from nursing into hospital software, to hear what they would do again."
            .into(),
        about: "Kim has been a nurse for six years and wrote the duty roster of her ward.".into(),
    };
    ask_me::request(cx, SLUG, &request).await?;
    Ok(())
}

fn contact(row: &Row, unfiled: bool) -> RawContact {
    let [name, circle, role, field, place, employer, looking_for, can_help] = row.map(str::to_owned);
    RawContact {
        email: format!("{}@people.example", name.to_lowercase().replace([' ', '\''], ".")),
        described: format!("somebody who works as {role}"),
        employer,
        facets: RawFacets {
            circle: if unfiled { String::new() } else { circle },
            role,
            field,
            place,
            looking_for,
            can_help,
            ..RawFacets::default()
        },
        name,
        ..RawContact::default()
    }
}

fn texts() -> RawPlan {
    RawPlan {
        purpose: "job_search".into(),
        why_first: "{name} knows how design teams hire, and says what they think.".into(),
        why_second: "{name}, Mia asks the questions that save a team a month. You would enjoy her portfolio."
            .into(),
        blurb: "Mia designed the first screens of three products, the last one for hospitals.".into(),
        shared: "Mia, {name} has built design teams. {name}, Mia looks for a patient one.".into(),
        step: "A call of twenty minutes about one of her projects.".into(),
        per_week: "2".into(),
    }
}
