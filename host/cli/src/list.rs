//! Lists of the admin API, which come in pages.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::admin_client::AdminClient;
use crate::output;
use crate::terminal;

/// A list that a host has.
pub(crate) struct List<'a> {
    pub(crate) path: Vec<&'a str>,
    /// The field of an answer that has the items.
    pub(crate) field: &'static str,
    /// The parameter that takes the `next` of the page before.
    pub(crate) cursor: &'static str,
    /// Parameters that say which items are meant.
    pub(crate) filters: Vec<(&'static str, String)>,
    /// How many at most. None: all.
    pub(crate) limit: Option<usize>,
}

/// The part of a list that was asked for.
pub(crate) struct Listed {
    /// Each item as the host wrote it.
    items: Vec<Box<RawValue>>,
    /// Whether the host has more.
    is_cut: bool,
}

/// The most items of a page that any list gives.
const PAGE: usize = 100;

impl<'a> List<'a> {
    /// All that there is at a path.
    pub(crate) fn all<const N: usize>(
        path: [&'a str; N],
        field: &'static str,
        cursor: &'static str,
    ) -> Self {
        Self {
            path: path.to_vec(),
            field,
            cursor,
            filters: Vec::new(),
            limit: None,
        }
    }

    pub(crate) async fn read(self, client: &AdminClient) -> anyhow::Result<Listed> {
        let mut items: Vec<Box<RawValue>> = Vec::new();
        let mut next = None;
        loop {
            let left = self.limit.map_or(PAGE, |limit| limit - items.len());
            let mut parameters = self.filters.clone();
            parameters.push(("limit", left.min(PAGE).to_string()));
            parameters.extend(next.take().map(|next| (self.cursor, next)));
            let text = client.get(&self.path, &parameters).await?;
            let mut page: HashMap<String, &RawValue> = client.parse(&text)?;
            let of_page = page.remove(self.field).map_or("[]", RawValue::get);
            let of_page: Vec<Box<RawValue>> = client.parse(of_page)?;
            items.extend(of_page);
            next = match page.remove("next") {
                Some(next) => cursor(client.parse(next.get())?),
                None => None,
            };
            let is_full = self.limit.is_some_and(|limit| items.len() >= limit);
            if next.is_none() || is_full {
                let is_cut = next.is_some();
                return Ok(Listed { items, is_cut });
            }
        }
    }
}

/// A cursor is a name or a number.
fn cursor(next: Value) -> Option<String> {
    match next {
        Value::Null => None,
        Value::String(name) => Some(name),
        number => Some(number.to_string()),
    }
}

impl Listed {
    /// Prints the items: an object a line for programs, or a table for people.
    pub(crate) fn print<'a, T: Deserialize<'a>, const N: usize>(
        &'a self,
        client: &AdminClient,
        json: bool,
        heading: [&str; N],
        row: impl Fn(T) -> [String; N],
    ) -> anyhow::Result<()> {
        if json {
            let mut items = self.items.iter();
            return items.try_for_each(|item| output::line(&terminal::json(item.get())));
        }
        if self.items.is_empty() {
            output::remark("there are none");
            return Ok(());
        }
        let mut rows = Vec::with_capacity(self.items.len());
        for item in &self.items {
            rows.push(row(client.parse(item.get())?));
        }
        output::table(heading, &rows)?;
        if self.is_cut {
            output::remark("there may be more: raise --limit");
        }
        Ok(())
    }

    /// The items themselves.
    pub(crate) fn items<'a, T: Deserialize<'a>>(
        &'a self,
        client: &AdminClient,
    ) -> anyhow::Result<Vec<T>> {
        let items = self.items.iter();
        let items = items.map(|item| Ok(client.parse(item.get())?));
        items.collect()
    }
}
