//! The conditions of an operator's query.

use rusqlite::types::ToSql;

/// The conditions of a query, with their parameters. Only those that the filter has, so that SQLite
/// finds the index that fits.
pub(super) struct Conditions<'a> {
    pub(super) sql: String,
    pub(super) parameters: Vec<(&'static str, Box<dyn ToSql + 'a>)>,
}

impl<'a> Conditions<'a> {
    pub(super) fn new() -> Self {
        Self {
            sql: String::from("TRUE"),
            parameters: Vec::new(),
        }
    }

    /// Adds a condition, if it has a value.
    pub(super) fn and<T: ToSql + 'a>(
        mut self,
        condition: &str,
        parameter: &'static str,
        value: Option<T>,
    ) -> Self {
        if let Some(value) = value {
            self.sql.push_str(" AND ");
            self.sql.push_str(condition);
            self.parameters.push((parameter, Box::new(value)));
        }
        self
    }
}
