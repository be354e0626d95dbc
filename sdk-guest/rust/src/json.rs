//! JSON objects that are made one property at a time.
//!
//! Not with a JSON library: `serde_json` adds 17 KB to a bot with Flex Messages, and 0.6 KB to one
//! without.

/// What can stand in the JSON of a Flex Message or a narrowcast's target.
pub(crate) trait Json {
    fn json(self) -> Written;
}

/// A JSON value.
#[derive(Clone, Debug)]
pub(crate) struct Written(pub(crate) String);

/// An object that is being made. A property that is set again has the later value.
#[derive(Clone, Debug)]
pub(crate) struct Object(Vec<(&'static str, Written)>);

impl Object {
    pub(crate) fn new() -> Self {
        Self(Vec::new())
    }

    /// An object that LINE tells by its `type`.
    pub(crate) fn typed(kind: &str) -> Self {
        Self::new().with("type", kind)
    }

    pub(crate) fn with(self, property: &'static str, value: impl Json) -> Self {
        self.with_written(property, value.json())
    }

    pub(crate) fn with_some(self, property: &'static str, value: Option<impl Json>) -> Self {
        match value {
            Some(value) => self.with(property, value),
            None => self,
        }
    }

    /// Compiled once, and not for each type of value.
    fn with_written(mut self, property: &'static str, value: Written) -> Self {
        self.0.retain(|(name, _)| *name != property);
        self.0.push((property, value));
        self
    }
}

impl Json for Object {
    fn json(self) -> Written {
        let members = self.0.into_iter();
        let members = members.map(|(name, value)| format!("\"{name}\":{}", value.0));
        list('{', members, '}')
    }
}

impl<T: Json> Json for Vec<T> {
    fn json(self) -> Written {
        list('[', self.into_iter().map(|item| item.json().0), ']')
    }
}

impl Json for &str {
    fn json(self) -> Written {
        let mut json = String::from('"');
        for character in self.chars() {
            match character {
                '"' | '\\' => json.extend(['\\', character]),
                '\0'..' ' => json.push_str(&format!("\\u{:04x}", u32::from(character))),
                _ => json.push(character),
            }
        }
        json.push('"');
        Written(json)
    }
}

impl Json for String {
    fn json(self) -> Written {
        self.as_str().json()
    }
}

impl Json for bool {
    fn json(self) -> Written {
        Written(self.to_string())
    }
}

impl Json for u32 {
    fn json(self) -> Written {
        Written(self.to_string())
    }
}

impl Json for i64 {
    fn json(self) -> Written {
        Written(self.to_string())
    }
}

fn list(open: char, items: impl Iterator<Item = String>, close: char) -> Written {
    let mut json = String::from(open);
    for item in items {
        if json.len() > 1 {
            json.push(',');
        }
        json.push_str(&item);
    }
    json.push(close);
    Written(json)
}

/// Declares values that are keywords or something else.
macro_rules! values {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($keyword:ident = $spelling:literal),* $(,)? } $(or $other:ident)*;
    )+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum $name {
            $(
                #[doc = concat!("`", $spelling, "`.")]
                $keyword,
            )*
            $(
                #[doc = concat!("A [`", stringify!($other), "`].")]
                $other($other),
            )*
        }

        impl crate::json::Json for $name {
            fn json(self) -> crate::json::Written {
                match self {
                    $(Self::$keyword => crate::json::Json::json($spelling),)*
                    $(Self::$other(value) => crate::json::Json::json(value),)*
                }
            }
        }

        $(
            impl From<$other> for $name {
                fn from(value: $other) -> Self {
                    Self::$other(value)
                }
            }
        )*
    )+};
}

pub(crate) use values;
