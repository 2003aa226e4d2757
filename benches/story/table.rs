//! The table: what was reached, the limit beside it, the goal.

/// Rows in the order in which they were measured.
pub struct Table {
    rows: Vec<Row>,
}

/// One figure.
pub struct Row {
    pub what: String,
    pub reached: String,
    /// What the machine allows, measured in the same run.
    pub limit: String,
    pub goal: String,
    /// `None`: reported only.
    pub good: Option<bool>,
}

impl Table {
    pub const fn new() -> Self {
        Self { rows: Vec::new() }
    }

    pub fn add(&mut self, row: Row) {
        println!("{}: {} (limit {}; goal {})", row.what, row.reached, row.limit, row.goal);
        self.rows.push(row);
    }

    pub fn print(&self) {
        println!("\n| row | reached | limit beside it | goal | |\n|---|---|---|---|---|");
        for Row { what, reached, limit, goal, good } in &self.rows {
            let mark = good.map_or("", |good| if good { "reached" } else { "MISSED" });
            println!("| {what} | {reached} | {limit} | {goal} | {mark} |");
        }
    }
}

/// Thousands with a comma.
pub fn number(value: f64) -> String {
    let whole = format!("{value:.0}");
    let mut out = String::new();
    for (nth, digit) in whole.chars().enumerate() {
        if nth > 0 && (whole.len() - nth).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count as a factor.
pub fn times(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}
