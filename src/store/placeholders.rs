//! The `$1`, `$2` … in the text of a statement.

/// In the order in which they are first met: SQLite takes `$1` for a name and counts names so.
pub(super) struct Placeholders {
    first_met: Vec<usize>,
}

impl Placeholders {
    /// No statement here has a `$` inside a literal.
    pub(super) fn of(sql: &str) -> Self {
        let mut first_met = Vec::new();
        for rest in sql.split('$').skip(1) {
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            match rest[..end].parse() {
                Ok(nth) if nth > 0 && !first_met.contains(&nth) => first_met.push(nth),
                Ok(_) | Err(_) => {}
            }
        }
        Self { first_met }
    }

    /// The highest of them: how many values the statement takes.
    pub(super) fn highest(&self) -> usize {
        self.first_met.iter().max().copied().unwrap_or(0)
    }

    /// Each of them once, from 1 on.
    pub(super) fn in_order(&self) -> impl Iterator<Item = usize> {
        self.first_met.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::Placeholders;

    #[test]
    fn they_are_counted_by_their_highest_number() {
        assert_eq!(Placeholders::of("SELECT 1").highest(), 0);
        assert_eq!(Placeholders::of("a = $1 AND b = $12 OR c = $1").highest(), 12);
    }

    #[test]
    fn each_is_there_once_in_the_order_of_the_text() {
        let order: Vec<usize> =
            Placeholders::of("a = $2 AND b = $1 OR c = $2 OR d = $3").in_order().collect();
        assert_eq!(order, [2, 1, 3]);
    }
}
