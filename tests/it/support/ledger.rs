//! The judge of a run: what was acknowledged, what was delivered and what the database says must agree.
//! It knows nothing of the program but its tables, and it names every fault.

use std::collections::{HashMap, HashSet};

use twoyes::ids::IntroductionId;
use twoyes::store::{Db, StoreError};

/// Something that the service said it had done.
#[derive(Clone, Debug)]
pub enum Ack {
    Drafted { id: String },
    Asked { id: String },
    Answered { id: String, side: &'static str, choice: &'static str },
}

/// A mail that the receiving server took over.
#[derive(Clone, Debug)]
pub struct Copy {
    pub message_id: String,
    pub recipient: String,
    pub bytes: Vec<u8>,
}

/// A delivery as the database has it.
#[derive(Clone, Debug)]
pub struct Row {
    pub message_id: String,
    pub kind: String,
    pub introduction: Option<String>,
    pub recipient: String,
    pub state: String,
    /// How often it could not be known whether it had arrived.
    pub unknowns: i64,
    /// How many of its attempts say so.
    pub unknown_attempts: i64,
}

/// An introduction as the database has it.
#[derive(Clone, Debug, Default)]
pub struct Case {
    pub state: String,
    pub asked: bool,
    /// How often it was introduced.
    pub introduced: u32,
    /// Who had answered yes last when it was introduced first.
    pub yeses: Vec<String>,
    /// The choices that stand, by side.
    pub choices: HashMap<String, String>,
    /// The same as the events tell it.
    pub told: HashMap<String, String>,
    pub addresses: Vec<String>,
}

/// An acknowledged "never", and how many mails had left when it was.
#[derive(Clone, Debug)]
pub struct Never {
    pub address: String,
    pub after: usize,
}

/// A fault that somebody inflicted, and whether the service answered again afterwards.
#[derive(Clone, Debug)]
pub struct Blow {
    pub what: String,
    pub survived: bool,
}

/// All that is known of a run.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub acks: Vec<Ack>,
    pub copies: Vec<Copy>,
    pub rows: Vec<Row>,
    pub cases: HashMap<String, Case>,
    pub nevers: Vec<Never>,
    /// The log of the operator.
    pub blows: Vec<Blow>,
    /// What the processes wrote down,
    pub log: String,
    /// and what must not be in it.
    pub secrets: Vec<String>,
}

/// The figures of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub introductions: usize,
    pub introduced: usize,
    pub acknowledged: usize,
    pub deliveries: usize,
    pub introduction_deliveries: usize,
    pub copies: usize,
    /// Second and third copies, all of them of deliveries that were `unknown`.
    pub repeated: usize,
    pub unknown: usize,
}

impl Ledger {
    /// Reads the database. The service has stopped.
    pub async fn read(url: &str, acks: Vec<Ack>, copies: Vec<Copy>) -> Self {
        let db = Db::connect(url, 2).await.unwrap();
        let (rows, cases) = (rows(&db).await.unwrap(), cases(&db).await.unwrap());
        Self { acks, copies, rows, cases, ..Self::default() }
    }

    /// Every fault, in a sentence each.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = self.lost();
        faults.extend(self.wrongly_introduced());
        faults.extend(self.not_introduced());
        faults.extend(self.repeated());
        faults.extend(self.unfinished());
        faults.extend(self.halves());
        faults.extend(self.after_never());
        faults.extend(self.leaked());
        let fell = self.blows.iter().filter(|blow| !blow.survived);
        faults.extend(fell.map(|blow| format!("did not come back after: {}", blow.what)));
        faults
    }

    pub fn figures(&self) -> Figures {
        let different: HashSet<_> =
            self.copies.iter().map(|copy| (&copy.message_id, &copy.recipient)).collect();
        let introductions = self.rows.iter().filter(|row| row.kind == "introduction");
        Figures {
            introductions: self.cases.len(),
            introduced: self.cases.values().filter(|case| case.introduced > 0).count(),
            acknowledged: self.acks.len(),
            deliveries: self.rows.len(),
            introduction_deliveries: introductions.count(),
            copies: self.copies.len(),
            repeated: self.copies.len() - different.len(),
            unknown: self.rows.iter().filter(|row| row.unknowns > 0).count(),
        }
    }

    /// Nothing that was acknowledged is missing.
    pub fn lost(&self) -> Vec<String> {
        let mut faults = Vec::new();
        // A later answer of the same person replaces the one before.
        let mut last = HashMap::new();
        for ack in &self.acks {
            let (Ack::Drafted { id } | Ack::Asked { id } | Ack::Answered { id, .. }) = ack;
            let Some(case) = self.cases.get(id) else {
                faults.push(format!("{id} was acknowledged and is not there"));
                continue;
            };
            match ack {
                Ack::Drafted { .. } => {}
                Ack::Asked { .. } if case.asked => {}
                Ack::Asked { .. } => faults.push(format!("{id}: the ask was lost")),
                Ack::Answered { side, choice, .. } => drop(last.insert((id, *side), *choice)),
            }
        }
        for ((id, side), choice) in last {
            let stands = self.cases[id].choices.get(side).map(String::as_str);
            if stands != Some(choice) {
                faults.push(format!("{id}: {side} said {choice}, and {stands:?} stands"));
            }
        }
        faults
    }

    /// Nobody is introduced twice, or without two yeses.
    fn wrongly_introduced(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (id, case) in &self.cases {
            if case.introduced > 1 {
                faults.push(format!("{id} was introduced {} times", case.introduced));
            }
            if case.introduced > 0 && case.yeses != ["first", "second"] {
                faults.push(format!("{id} was introduced with the yeses of {:?}", case.yeses));
            }
            if (case.introduced > 0) != (case.state == "introduced") {
                faults.push(format!("{id} is {} after {} introductions", case.state, case.introduced));
            }
        }
        let known: HashMap<_, _> =
            self.rows.iter().map(|row| ((&row.message_id, &row.recipient), row)).collect();
        for copy in &self.copies {
            let Some(row) = known.get(&(&copy.message_id, &copy.recipient)) else {
                faults.push(format!("{} left without a record", copy.message_id));
                continue;
            };
            let case = row.introduction.as_ref().and_then(|id| self.cases.get(id));
            if row.kind == "introduction" && case.is_none_or(|case| case.yeses.len() < 2) {
                faults.push(format!("{} introduced people without two yeses", copy.message_id));
            }
        }
        faults
    }

    /// Two acknowledged yeses lead to an introduction, and it reaches both under one Message-ID.
    fn not_introduced(&self) -> Vec<String> {
        let mut yeses = HashMap::<&String, HashSet<&str>>::new();
        for ack in &self.acks {
            match ack {
                Ack::Answered { id, side, choice: "yes" } => drop(yeses.entry(id).or_default().insert(side)),
                Ack::Answered { .. } | Ack::Drafted { .. } | Ack::Asked { .. } => {}
            }
        }
        let mut faults = Vec::new();
        for id in yeses.into_iter().filter(|(_, sides)| sides.len() == 2).map(|(id, _)| id) {
            let Some(case) = self.cases.get(id) else { continue };
            if case.introduced == 0 {
                faults.push(format!("{id} has two yeses and was not introduced"));
            }
            for address in &case.addresses {
                let arrived: HashSet<&String> = self.introductions_to(id, address).collect();
                if arrived.len() != 1 {
                    faults.push(format!("{id}: {} introduction mails to one party", arrived.len()));
                }
            }
        }
        faults
    }

    /// The Message-IDs of the introduction mails that arrived there.
    fn introductions_to(&self, id: &str, address: &str) -> impl Iterator<Item = &String> {
        let of = |row: &&Row| row.kind == "introduction" && row.introduction.as_deref() == Some(id);
        let ids: HashSet<&String> = self.rows.iter().filter(of).map(|row| &row.message_id).collect();
        let copies = self.copies.iter().filter(move |copy| copy.recipient == address);
        copies.map(|copy| &copy.message_id).filter(move |id| ids.contains(id))
    }

    /// A second copy only of what was `unknown`, byte for byte the same.
    fn repeated(&self) -> Vec<String> {
        let mut copies = HashMap::<_, Vec<&Copy>>::new();
        for copy in &self.copies {
            copies.entry((&copy.message_id, &copy.recipient)).or_default().push(copy);
        }
        let mut faults = Vec::new();
        for row in &self.rows {
            let Some(copies) = copies.get(&(&row.message_id, &row.recipient)) else { continue };
            let most = 1 + usize::try_from(row.unknowns).unwrap();
            if copies.len() > most {
                let (id, n) = (&row.message_id, copies.len());
                faults.push(format!("{id} ({}) arrived {n} times, at most {most} is right", row.kind));
            }
            if copies.iter().any(|copy| copy.bytes != copies[0].bytes) {
                faults.push(format!("{} has copies that differ", row.message_id));
            }
            if row.unknowns != row.unknown_attempts {
                let (id, says, is) = (&row.message_id, row.unknown_attempts, row.unknowns);
                faults.push(format!("{id} was unknown {is} times, its attempts say {says}"));
            }
        }
        faults
    }

    /// What one unit writes is there whole: state, events, answers and mails agree.
    fn halves(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (id, case) in &self.cases {
            for side in ["first", "second"] {
                let (choice, told) = (case.choices.get(side), case.told.get(side));
                if choice != told {
                    faults
                        .push(format!("{id}: half an answer, {side} is {choice:?} and was told as {told:?}"));
                }
            }
            let mine = |kind: &str| {
                let of = |row: &&Row| row.introduction.as_ref() == Some(id) && row.kind.starts_with(kind);
                self.rows.iter().filter(of).count()
            };
            if (case.state == "draft") == case.asked {
                faults.push(format!("{id}: half an ask, it is {} and asked: {}", case.state, case.asked));
            }
            if case.asked != (mine("ask_") > 0) {
                faults.push(format!("{id}: half an ask, asked: {} with {} mails", case.asked, mine("ask_")));
            }
            if case.introduced == 1 && mine("introduction") != 2 {
                faults.push(format!("{id}: half an introduction, {} of its mails", mine("introduction")));
            }
        }
        faults
    }

    /// Nobody who said never is asked or introduced, but for the mail that was under way.
    fn after_never(&self) -> Vec<String> {
        let kinds: HashMap<_, _> =
            self.rows.iter().map(|row| ((&row.message_id, &row.recipient), row.kind.as_str())).collect();
        let mut faults = Vec::new();
        for never in &self.nevers {
            let later = self.copies.iter().skip(never.after).filter(|copy| copy.recipient == never.address);
            let wanted = |copy: &&Copy| {
                kinds.get(&(&copy.message_id, &copy.recipient)).is_some_and(|kind| *kind != "receipt")
            };
            let (id, count) = (&never.address, later.filter(wanted).count());
            if count > 1 {
                faults.push(format!("{id} said never and got {count} mails after it"));
            }
        }
        faults
    }

    /// No token and no address stands in a log.
    fn leaked(&self) -> Vec<String> {
        let found = self.secrets.iter().enumerate().filter(|(_, secret)| self.log.contains(secret.as_str()));
        found.map(|(nth, secret)| format!("secret {nth} ({} bytes) is in a log", secret.len())).collect()
    }

    /// Everything has come to an end.
    fn unfinished(&self) -> Vec<String> {
        let ended = |row: &&Row| !matches!(row.state.as_str(), "sent" | "failed" | "cancelled" | "unknown");
        let told = |row: &Row| format!("{} ({}) is still {}", row.message_id, row.kind, row.state);
        self.rows.iter().filter(ended).map(told).collect()
    }
}

async fn rows(db: &Db) -> Result<Vec<Row>, StoreError> {
    let mut tx = db.read().await?;
    let rows = tx
        .q("SELECT d.id, d.kind, d.introduction_id, d.recipient, d.state, d.unknowns, m.headers,
              (SELECT COUNT(*) FROM attempt a WHERE a.delivery_id = d.id AND a.result = 'unknown') AS told
            FROM delivery d JOIN message m ON m.id = d.message_id ORDER BY d.id")
        .all()
        .await?;
    let mut read = Vec::with_capacity(rows.len());
    for row in rows {
        let headers: String = row.get("headers")?;
        let headers: serde_json::Value = serde_json::from_str(&headers).unwrap();
        let introduction: Option<IntroductionId> = row.opt("introduction_id")?.map(IntroductionId);
        read.push(Row {
            message_id: headers["message_id"].as_str().unwrap().to_owned(),
            kind: row.get("kind")?,
            introduction: introduction.map(|id| id.to_string()),
            recipient: row.get("recipient")?,
            state: row.get("state")?,
            unknowns: row.get("unknowns")?,
            unknown_attempts: row.get("told")?,
        });
    }
    Ok(read)
}

async fn cases(db: &Db) -> Result<HashMap<String, Case>, StoreError> {
    let mut tx = db.read().await?;
    let mut cases = HashMap::<String, Case>::new();
    for row in tx.q("SELECT id, state FROM introduction").all().await? {
        let id = IntroductionId(row.get("id")?).to_string();
        cases.insert(id, Case { state: row.get("state")?, ..Case::default() });
    }
    let parties = "SELECT introduction_id, side, email, choice FROM party ORDER BY side";
    for row in tx.q(parties).all().await? {
        let case = cases.entry(IntroductionId(row.get("introduction_id")?).to_string()).or_default();
        let choice: Option<String> = row.opt("choice")?;
        case.addresses.push(row.get("email")?);
        case.choices.extend(choice.map(|choice| (row.get("side").unwrap_or_default(), choice)));
    }
    let mut standing = HashMap::<(String, String), String>::new();
    let events = "SELECT introduction_id, what, side, detail FROM event ORDER BY introduction_id, seq";
    for row in tx.q(events).all().await? {
        let id = IntroductionId(row.get("introduction_id")?).to_string();
        let (side, detail): (Option<String>, Option<String>) = (row.opt("side")?, row.opt("detail")?);
        let (what, case): (String, _) = (row.get("what")?, cases.entry(id.clone()).or_default());
        match what.as_str() {
            "asked" => case.asked = true,
            "answered" => {
                let (side, choice) = (side.unwrap_or_default(), detail.unwrap_or_default());
                case.told.insert(side.clone(), choice.clone());
                standing.insert((id, side), choice);
            }
            "introduced" => {
                case.introduced += 1;
                let is_yes = |side: &&str| {
                    standing.get(&(id.clone(), (*side).to_owned())).is_some_and(|choice| choice == "yes")
                };
                case.yeses =
                    ["first", "second"].iter().filter(|side| is_yes(side)).map(|s| (*s).into()).collect();
            }
            _ => {}
        }
    }
    Ok(cases)
}
