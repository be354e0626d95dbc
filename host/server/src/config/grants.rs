//! Grants, as they are written.

use botbox_runtime::Capability;
use serde::de::{Deserialize, Deserializer, Error};

/// A grant by its name.
pub(super) struct GrantName(pub(super) Capability);

impl<'de> Deserialize<'de> for GrantName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let capability = Capability::named(&name).ok_or_else(|| unknown(&name))?;
        Ok(Self(capability))
    }
}

/// Names the grant that was most likely meant.
fn unknown<E: Error>(name: &str) -> E {
    let names = || Capability::ALL.iter().map(|it| it.name());
    let nearest = names().min_by_key(|known| strsim::damerau_levenshtein(known, name));
    E::custom(match nearest {
        Some(nearest) if strsim::damerau_levenshtein(nearest, name) <= 2 => {
            format!("there is no grant `{name}`; did you mean `{nearest}`?")
        }
        _ => {
            let known: Vec<_> = names().collect();
            format!(
                "there is no grant `{name}`; the grants are {}",
                known.join(", ")
            )
        }
    })
}
