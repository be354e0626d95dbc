//! Queries and form bodies: `application/x-www-form-urlencoded`.

/// The fields of a form, decoded.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(crate) fn parse(form: &[u8]) -> Self {
        Self(form_urlencoded::parse(form).into_owned().collect())
    }

    /// The field `name`; of several, the first.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let field = self.0.iter().find(|(known, _)| known == name);
        field.map(|(_, value)| value.as_str())
    }
}
