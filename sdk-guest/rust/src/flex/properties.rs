//! How the objects and their properties are declared.

/// Declares a type of JSON objects.
macro_rules! object {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(crate::json::Object);

        impl crate::json::Json for $name {
            fn json(self) -> crate::json::Written {
                self.0.json()
            }
        }
    };
}

/// Declares a type that is any of several types of JSON objects.
macro_rules! any_of {
    ($(#[$doc:meta])* $name:ident: $($kind:ident)|+) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(crate::json::Written);

        impl crate::json::Json for $name {
            fn json(self) -> crate::json::Written {
                self.0
            }
        }

        $(
            impl From<$kind> for $name {
                fn from(object: $kind) -> Self {
                    Self(crate::json::Json::json(object))
                }
            }
        )+
    };
}

/// Declares the methods that set an object's properties: from one type, or `into` one.
macro_rules! properties {
    ($object:ident {}) => {};
    ($object:ident {
        $(#[$doc:meta])* $name:ident: into $value:ty => $property:literal, $($rest:tt)*
    }) => {
        impl $object {
            $(#[$doc])*
            #[must_use]
            pub fn $name(self, value: impl Into<$value>) -> Self {
                let value: $value = value.into();
                Self(self.0.with($property, value))
            }
        }
        properties!($object { $($rest)* });
    };
    ($object:ident {
        $(#[$doc:meta])* $name:ident: $value:ty => $property:literal, $($rest:tt)*
    }) => {
        impl $object {
            $(#[$doc])*
            #[must_use]
            pub fn $name(self, value: $value) -> Self {
                Self(self.0.with($property, value))
            }
        }
        properties!($object { $($rest)* });
    };
}

/// Declares the properties that say how large a part of its box a component takes.
macro_rules! flexible {
    ($object:ident) => {
        properties!($object {
            /// The part of the box's free space that it takes, in relation to its neighbours'; 0
            /// takes what the contents need.
            flex: u32 => "flex",
        });
    };
}

/// Declares the properties that say where a component stands.
macro_rules! placed {
    ($object:ident) => {
        properties!($object {
            /// The least space before it, instead of the box's spacing.
            margin: into crate::flex::values::Spacing => "margin",
            /// What the offsets count from.
            position: crate::flex::values::Position => "position",
            /// From the top.
            offset_top: into crate::flex::values::Inset => "offsetTop",
            /// From the bottom.
            offset_bottom: into crate::flex::values::Inset => "offsetBottom",
            /// From where lines start: the left, unless the bubble's direction is right to left.
            offset_start: into crate::flex::values::Inset => "offsetStart",
            /// From where lines end: the right, unless the bubble's direction is right to left.
            offset_end: into crate::flex::values::Inset => "offsetEnd",
        });
    };
}

pub(super) use {any_of, flexible, object, placed, properties};
