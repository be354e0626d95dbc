//! What is handed to boxes as their contents.

/// The contents of a box: a tuple of up to 12 components, or an array or `Vec` of any number.
/// `()` is none.
pub trait IntoContents<C> {
    /// The components.
    fn into_contents(self) -> Vec<C>;
}

impl<C, T: Into<C>, const N: usize> IntoContents<C> for [T; N] {
    fn into_contents(self) -> Vec<C> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<C, T: Into<C>> IntoContents<C> for Vec<T> {
    fn into_contents(self) -> Vec<C> {
        self.into_iter().map(Into::into).collect()
    }
}

macro_rules! tuples {
    () => {
        tuples!(@);
    };
    ($first:ident $($rest:ident)*) => {
        tuples!(@ $first $($rest)*);
        tuples!($($rest)*);
    };
    (@ $($component:ident)*) => {
        impl<C, $($component: Into<C>),*> IntoContents<C> for ($($component,)*) {
            #[allow(non_snake_case, reason = "the names of the types stand for their values")]
            fn into_contents(self) -> Vec<C> {
                let ($($component,)*) = self;
                vec![$($component.into()),*]
            }
        }
    };
}

tuples!(A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12);
