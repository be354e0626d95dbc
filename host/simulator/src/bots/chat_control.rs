//! Whose turn it is in the chats of a bot: its own, or that of a module channel that is attached to
//! it (LINE documentation for corporate customers, "Control chat initiative").

use std::collections::HashMap;

/// How long another channel cannot take control from the one that just took it, in milliseconds:
/// "a few seconds or so" (LINE reference for corporate customers, "Acquire Control API").
const GRACE_MS: u64 = 3_000;

/// The chats that are controlled by module channels, by the id of the user, group or room.
#[derive(Default)]
pub(crate) struct ChatControl(HashMap<String, Control>);

struct Control {
    /// The module channel's id.
    module_id: String,
    /// In milliseconds since 1970.
    acquired: u64,
    /// The same; `None` is for ever.
    until: Option<u64>,
}

impl ChatControl {
    /// The module channel that is the active one of the chat.
    pub(crate) fn holder(&self, chat_id: &str, now: u64) -> Option<&str> {
        let control = self.0.get(chat_id)?;
        let holds = control.until.is_none_or(|until| until > now);
        holds.then_some(control.module_id.as_str())
    }

    /// Gives the chat to a module channel, unless another one has just taken it.
    pub(crate) fn acquire(
        &mut self,
        chat_id: &str,
        module_id: &str,
        until: Option<u64>,
        now: u64,
    ) -> bool {
        let taken = self.0.get(chat_id).is_some_and(|control| {
            control.module_id != module_id && now.saturating_sub(control.acquired) < GRACE_MS
        });
        if !taken {
            let control = Control {
                module_id: module_id.to_owned(),
                acquired: now,
                until,
            };
            self.0.insert(chat_id.to_owned(), control);
        }
        !taken
    }

    /// Gives the chat back to the bot, if it is the module channel's.
    pub(crate) fn release(&mut self, chat_id: &str, module_id: &str) {
        if self
            .0
            .get(chat_id)
            .is_some_and(|it| it.module_id == module_id)
        {
            self.0.remove(chat_id);
        }
    }
}
