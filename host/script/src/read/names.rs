//! Whether the users and groups that are named are there.

use crate::error::{Place, ScriptError, did_you_mean};
use crate::script::{Act, ME, Script, StepKind};

/// Where a file lists its users or groups, no step names another.
pub(crate) fn check(script: &Script) -> Result<(), ScriptError> {
    let users = script.users.iter().flatten().map(|user| user.name.as_str());
    let users: Vec<_> = users.chain([ME]).collect();
    let groups = script.groups.iter().flatten();
    let groups: Vec<_> = groups.map(|group| group.name.as_str()).collect();
    let check_user = |name: &str, place| match script.users {
        Some(_) => check_name(name, "user", &users, place),
        None => Ok(()),
    };
    for group in script.groups.iter().flatten() {
        let first = script.convos.first().map(|convo| convo.place);
        for member in group.members.iter().flatten() {
            check_user(member, first.unwrap_or_default())?;
        }
    }
    for step in script.convos.iter().flat_map(|convo| &convo.steps) {
        let chat = match &step.kind {
            StepKind::Me { chat, .. } => Some(chat),
            StepKind::Bot { chat, .. } => chat.as_ref(),
            _ => None,
        };
        let Some(chat) = chat else { continue };
        check_user(&chat.user, step.place)?;
        if let (Some(group), Some(_)) = (&chat.group, &script.groups) {
            check_name(group, "group", &groups, step.place)?;
        }
        if let StepKind::Me { inputs, .. } = &step.kind {
            for input in inputs {
                match &input.act {
                    Act::Members { users, .. } => {
                        users
                            .iter()
                            .try_for_each(|user| check_user(user, input.place))?;
                    }
                    Act::Message { mentions, .. } => {
                        let who = mentions.iter().map(|mention| mention.who.as_str());
                        let mut named = who.filter(|who| !matches!(*who, "bot" | "all"));
                        named.try_for_each(|user| check_user(user, input.place))?;
                    }
                    _ => {}
                }
            }
        }
    }
    Ok(())
}

fn check_name(name: &str, what: &str, known: &[&str], place: Place) -> Result<(), ScriptError> {
    if known.contains(&name) {
        return Ok(());
    }
    let nearest = did_you_mean(name, known.iter().copied());
    let problem = format!("there is no {what} `{name}` in the file's `{what}s`{nearest}");
    Err(ScriptError::new(place, problem))
}
