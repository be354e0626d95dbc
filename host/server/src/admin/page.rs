//! Pages of lists: a page says what to give for the next one.

use botbox_store::PendingEvent;
use schemars::JsonSchema;
use serde::Deserialize;

use super::refusal::Refusal;

/// How many items a page has if nobody says.
const DEFAULT_LIMIT: usize = 100;

/// The most items of a page.
const LIMIT: usize = 1_000;

/// A page of a list that is sorted by name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NamePage {
    /// The `next` of the page before.
    after: Option<String>,
    /// How many at most. Default: 100.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
}

/// A page of a list that is sorted by time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TimePage {
    /// The `next` of the page before.
    #[schemars(regex(pattern = "^-?[0-9]{1,18}-"))]
    after: Option<String>,
    /// How many at most. Default: 100.
    #[schemars(range(min = 1, max = 1_000))]
    limit: Option<usize>,
}

impl TimePage {
    /// Where the page begins, and how many it has.
    pub(super) fn place(self) -> Result<(Option<(i64, String)>, usize), Refusal> {
        let limit = limit(self.limit, DEFAULT_LIMIT, LIMIT)?;
        let after = self.after.as_deref().map(place).transpose()?;
        Ok((after, limit))
    }

    /// What to give as `after` for the next page.
    pub(super) fn next(page: &[PendingEvent], limit: usize) -> Option<String> {
        let last = page.last().filter(|_| page.len() == limit)?;
        Some(format!("{}-{}", last.at, last.key))
    }
}

/// A time and what is told from others of the same time.
fn place(cursor: &str) -> Result<(i64, String), Refusal> {
    // The time may be before 1970.
    let split = cursor.char_indices().skip(1).find(|(_, it)| *it == '-');
    let place = split.and_then(|(at, _)| {
        let key = cursor[at..].strip_prefix('-')?.to_owned();
        Some((cursor[..at].parse().ok()?, key))
    });
    place.ok_or_else(|| {
        Refusal::BadRequest(String::from("after: give the `next` that was answered"))
    })
}

impl NamePage {
    /// What of a list is on the page, by name, and what to give as `after` for the next one. A name that has
    /// gone meanwhile has a place all the same.
    pub(super) fn of<T>(
        self,
        mut all: Vec<T>,
        name: impl Fn(&T) -> &str,
    ) -> Result<(Vec<T>, Option<String>), Refusal> {
        let limit = limit(self.limit, DEFAULT_LIMIT, LIMIT)?;
        all.sort_by(|one, other| name(one).cmp(name(other)));
        let after = self.after.as_deref();
        let mut rest = all
            .into_iter()
            .filter(|it| after.is_none_or(|after| name(it) > after));
        let page: Vec<_> = rest.by_ref().take(limit).collect();
        let has_more = rest.next().is_some();
        let next = page.last().filter(|_| has_more);
        let next = next.map(|last| name(last).to_owned());
        Ok((page, next))
    }
}

/// How many items a page has.
pub(super) fn limit(asked: Option<usize>, default: usize, most: usize) -> Result<usize, Refusal> {
    match asked.unwrap_or(default) {
        limit if (1..=most).contains(&limit) => Ok(limit),
        limit => Err(Refusal::BadRequest(format!(
            "limit: a page has 1 to {most} items, not {limit}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(after: Option<&str>, limit: usize) -> (Vec<&'static str>, Option<String>) {
        let page = NamePage {
            after: after.map(String::from),
            limit: Some(limit),
        };
        page.of(vec!["c", "a", "d", "b"], |it| it).unwrap()
    }

    #[test]
    fn pages_go_on_where_the_one_before_ended() {
        assert_eq!(page(None, 2), (vec!["a", "b"], Some(String::from("b"))));
        assert_eq!(page(Some("b"), 2), (vec!["c", "d"], None));
        assert_eq!(page(Some("bb"), 1), (vec!["c"], Some(String::from("c"))));
        assert_eq!(page(Some("d"), 2), (vec![], None));
        assert!(limit(Some(0), 10, 100).is_err());
        assert!(limit(Some(101), 10, 100).is_err());
        assert_eq!(limit(None, 10, 100).unwrap(), 10);
    }

    #[test]
    fn a_cursor_is_a_time_and_a_key() {
        let place = |cursor| place(cursor).ok();
        assert_eq!(place("12-a-b"), Some((12, String::from("a-b"))));
        assert_eq!(place("-12-"), Some((-12, String::new())));
        for wrong in ["", "-", "12", "a-b", "1é-b", "99999999999999999999-b"] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
    }
}
