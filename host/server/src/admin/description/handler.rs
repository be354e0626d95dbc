//! What a handler's signature says.

use super::operation::{Answer, Input, Operation};

/// A handler whose arguments and answer are described. `T` is as in axum's `Handler`.
pub(crate) trait Described<T> {
    fn describe(operation: &mut Operation<'_>);
}

macro_rules! described {
    ($($input:ident)*) => {
        impl<F, R, A, M, $($input,)*> Described<(M, $($input,)*)> for F
        where
            F: FnOnce($($input,)*) -> R,
            R: Future<Output = A>,
            A: Answer,
            $($input: Input,)*
        {
            fn describe(operation: &mut Operation<'_>) {
                $($input::describe(operation);)*
                A::describe(operation);
            }
        }
    };
}

described!(I1);
described!(I1 I2);
described!(I1 I2 I3);
described!(I1 I2 I3 I4);
described!(I1 I2 I3 I4 I5);
