//! The WIT package as the rest of the crate sees it: on WebAssembly what wit-bindgen generates; elsewhere
//! the same types, with the fake host's functions in the place of the calls.

#[cfg(target_arch = "wasm32")]
pub use crate::generated::{botbox, exports, wasi};
#[cfg(not(target_arch = "wasm32"))]
pub use native::*;

#[cfg(not(target_arch = "wasm32"))]
mod native {
    pub use crate::generated::exports;

    pub mod botbox {
        pub mod line {
            pub use crate::fake_host::account_link;
            pub use crate::fake_host::beacon;
            pub use crate::fake_host::canned::{
                audience, bot_info, coupon, followers, insight, line_api, membership, module, quota,
            };
            pub use crate::fake_host::chats::{group, room};
            pub use crate::fake_host::content;
            pub use crate::fake_host::current_event;
            pub use crate::fake_host::media;
            pub use crate::fake_host::profile;
            pub use crate::fake_host::rich_menu;
            pub use crate::fake_host::schedule;
            pub use crate::fake_host::sends::{
                loading, mark_as_read, notification, push, reply, validate,
            };
            pub use crate::generated::botbox::line::{errors, events, messages, users};
        }
    }

    pub mod wasi {
        pub mod config {
            pub use crate::fake_host::config as store;
        }
        pub mod keyvalue {
            pub use crate::fake_host::key_value::{atomics, batch, store};
        }
        pub mod logging {
            pub use crate::fake_host::logging;
        }
    }
}
