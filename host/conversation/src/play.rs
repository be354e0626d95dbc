//! Plays a conversation.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use botbox_script::{Act, Chat, Content, Convo, Input, Script, Step, StepKind, write};
use serde_json::{Value, json};

use crate::bless::Bless;
use crate::cast::{Cast, ME};
use crate::fill;
use crate::matching::{Mismatch, changed, matched, missing};
use crate::mention::mention;
use crate::report::{Finding, StepFailure};
use crate::stage::{LineError, Stage, StageError};
use crate::tap::{self, Tapped};
use crate::turn::Turn;

/// A picture for who sends one without saying which: one pixel, PNG.
const PIXEL: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\
\rIDATx\x9cc\xf8\xff\xff?\0\x05\xfe\x02\xfe\xa75\x81\x84\0\0\0\0IEND\xaeB`\x82";

/// Plays the conversations of one file.
pub(crate) struct Player<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) script: &'a Script,
    /// Where the files are that users send.
    pub(crate) folder: &'a Path,
    /// What is not as expected is rewritten.
    pub(crate) bless: Option<Bless>,
}

/// A conversation that is being played.
struct Scene<'a> {
    stage: &'a Stage,
    folder: &'a Path,
    steps: &'a [Step],
    cast: Cast,
    turn: Turn,
    /// The chat of who acted last.
    chat: Chat,
    /// Each user's last message, by chat.
    said: HashMap<(String, String), String>,
}

/// Why a step ends a conversation.
enum Stop {
    /// It is not as expected.
    Finding(Finding),
    Stage(StageError),
}

impl Player<'_> {
    /// Plays a conversation, and tells what is not as expected, if anything is.
    pub(crate) async fn play(&mut self, convo: &Convo) -> Result<Option<StepFailure>, StageError> {
        let mut scene = Scene {
            stage: self.stage,
            folder: self.folder,
            steps: &convo.steps,
            cast: Cast::gather(self.script, convo, &self.stage.line).await?,
            turn: Turn::first(self.stage).await?,
            chat: Chat {
                user: ME.to_owned(),
                group: None,
            },
            said: HashMap::new(),
        };
        let failure = scene.play(self.bless.as_mut()).await;
        self.stage.line.forget_faults().await?;
        failure
    }
}

impl Scene<'_> {
    async fn play(
        &mut self,
        mut bless: Option<&mut Bless>,
    ) -> Result<Option<StepFailure>, StageError> {
        for (index, step) in self.steps.iter().enumerate() {
            match self.step(index, step, bless.as_deref_mut()).await {
                Ok(()) => {}
                Err(Stop::Stage(error)) => return Err(error),
                Err(Stop::Finding(finding)) => {
                    return Ok(Some(StepFailure {
                        place: step.place,
                        finding,
                    }));
                }
            }
        }
        Ok(None)
    }

    async fn step(
        &mut self,
        index: usize,
        step: &Step,
        bless: Option<&mut Bless>,
    ) -> Result<(), Stop> {
        match &step.kind {
            StepKind::Me { chat, inputs } => {
                self.turn.begin();
                self.chat = chat.clone();
                for input in inputs {
                    self.act(chat, input).await?;
                    self.turn.settle(self.stage, &self.cast).await?;
                }
            }
            StepKind::Clock(duration) => {
                self.turn.begin();
                self.stage.advance(*duration);
                self.turn.settle(self.stage, &self.cast).await?;
            }
            StepKind::Faults(faults) => {
                for fault in faults {
                    let mut fault = fault.clone();
                    if fault.get("bot").is_none() {
                        fault["bot"] = self.stage.line.bot.id.as_str().into();
                    }
                    self.stage.line.fault(&fault).await?;
                }
            }
            StepKind::Bot { chat, .. } => {
                let chat = chat.as_ref().unwrap_or(&self.chat).clone();
                return self.hear(index, step, &chat, bless);
            }
            StepKind::Calls(expected) => {
                let expected: Vec<_> = expected.iter().map(|it| self.with_ids(it)).collect();
                if let Some(expected) = missing(&expected, self.turn.calls()) {
                    return Err(Stop::Finding(Finding::Calls {
                        expected: expected.clone(),
                        actual: self.turn.calls().to_vec(),
                    }));
                }
            }
            StepKind::Failure(expected) => {
                let failures = self.turn.failures().iter();
                let errors: Vec<_> = failures.map(|event| event.error.clone()).collect();
                let matches = |error: &String| {
                    let error = json!({ "type": "text", "text": error });
                    expected.pattern.matches(&error)
                };
                if !errors.iter().any(matches) {
                    return Err(Stop::Finding(Finding::DidNotFail {
                        expected: expected.clone(),
                        actual: errors,
                    }));
                }
            }
        }
        self.check_rest(index, step, bless)
    }

    /// What is expected, with ids in the place of names.
    fn with_ids(&self, expected: &botbox_script::Expected) -> botbox_script::Expected {
        changed(expected, |value| fill::ids(value, &self.cast))
    }

    /// Compares what the bot said with what a `bot` step expects.
    fn hear(
        &mut self,
        index: usize,
        step: &Step,
        chat: &Chat,
        bless: Option<&mut Bless>,
    ) -> Result<(), Stop> {
        let StepKind::Bot {
            expected,
            span,
            is_block,
            ..
        } = &step.kind
        else {
            return Ok(());
        };
        let id = self.cast.chat(chat).to_owned();
        let filled: Vec<_> = expected.iter().map(|it| self.with_ids(it)).collect();
        let is_last = !self.is_heard_later(index, chat);
        let said = self.turn.said(&id);
        let result = match matched(&filled, said) {
            Ok(count) if is_last && count < said.len() => Err(Mismatch::Surplus),
            result => result,
        };
        if let Ok(count) = result {
            self.turn.take(&id, count);
            return self.check_rest(index, step, bless);
        }
        let said = said.to_vec();
        if let Some(bless) = bless {
            let count = if is_last {
                said.len()
            } else {
                said.len().min(expected.len())
            };
            let messages = self.written(&said[..count]);
            bless.expect(step, span, *is_block, expected, &messages);
            self.turn.take(&id, count);
            return self.check_rest(index, step, Some(bless));
        }
        Err(Stop::Finding(Finding::Messages {
            expected: filled,
            actual: said,
        }))
    }

    /// Where the turn ends with a step, nothing is left that no step expects.
    fn check_rest(
        &mut self,
        index: usize,
        step: &Step,
        bless: Option<&mut Bless>,
    ) -> Result<(), Stop> {
        let rest = self.steps[index + 1..].iter().map(|step| &step.kind);
        let turn: Vec<_> = rest
            .take_while(|kind| !matches!(kind, StepKind::Me { .. } | StepKind::Clock(_)))
            .collect();
        let is_failure = |kind: &&StepKind| matches!(kind, StepKind::Failure(_));
        let was_expected = matches!(step.kind, StepKind::Failure(_)) || turn.iter().any(is_failure);
        let begins = matches!(step.kind, StepKind::Me { .. } | StepKind::Clock(_));
        if begins
            && !was_expected
            && let Some(event) = self.turn.failures().first()
        {
            return Err(Stop::Finding(Finding::Failed(event.clone())));
        }
        if turn.iter().any(|kind| !matches!(kind, StepKind::Faults(_))) {
            return Ok(());
        }
        let mut bless = bless;
        for (chat, id) in self.cast.chats() {
            let said = self.turn.said(id);
            if said.is_empty() {
                continue;
            }
            let key = self.key(&chat);
            let new = (key.clone(), Value::from(self.written(said)));
            if let Some(bless) = bless.as_deref_mut()
                && bless.insert(step, &new)
            {
                continue;
            }
            return Err(Stop::Finding(Finding::Unexpected {
                key,
                actual: said.to_vec(),
            }));
        }
        Ok(())
    }

    /// Whether another `bot` step of the turn hears the chat.
    fn is_heard_later(&self, index: usize, chat: &Chat) -> bool {
        let rest = self.steps[index + 1..].iter().map(|step| &step.kind);
        let turn =
            rest.take_while(|kind| !matches!(kind, StepKind::Me { .. } | StepKind::Clock(_)));
        let mut heard = turn.filter_map(|kind| match kind {
            StepKind::Bot { chat, .. } => Some(chat.as_ref().unwrap_or(&self.chat)),
            _ => None,
        });
        heard.any(|other| self.cast.chat(other) == self.cast.chat(chat))
    }

    /// The key of a step that hears a chat.
    fn key(&self, chat: &Chat) -> String {
        match &chat.group {
            _ if self.cast.chat(chat) == self.cast.chat(&self.chat) => String::from("bot"),
            Some(group) => format!("bot(in {group})"),
            None => format!("bot({})", chat.user),
        }
    }

    /// Messages as a file has them.
    fn written(&self, messages: &[Value]) -> Vec<Value> {
        let written = messages.iter();
        let written = written.map(|it| write::message(&fill::names(it, &self.cast)));
        written.collect()
    }

    async fn act(&mut self, chat: &Chat, input: &Input) -> Result<(), Stop> {
        let user = self.cast.user(&chat.user).to_owned();
        let group = chat
            .group
            .as_deref()
            .map(|group| self.cast.group(group).to_owned());
        let place = (user.clone(), self.cast.chat(chat).to_owned());
        let mut display = None;
        let mut acts_alone = true;
        let event = match &input.act {
            Act::Message { message, mentions } => {
                let mut message = Value::Object(message.clone());
                if !mentions.is_empty() {
                    let text = message["text"].as_str().unwrap_or_default().to_owned();
                    message["mention"] = mention(&text, mentions, &self.cast);
                }
                json!({ "type": "message", "message": message })
            }
            Act::Content(content) => {
                let message = self.upload(content).await?;
                json!({ "type": "message", "message": message })
            }
            Act::Event {
                event,
                display_text,
            } => {
                display.clone_from(display_text);
                Value::Object(event.clone())
            }
            Act::Members { is_joining, users } => {
                acts_alone = false;
                let members: Vec<_> = users
                    .iter()
                    .map(|user| json!({ "type": "user", "userId": self.cast.user(user) }))
                    .collect();
                match is_joining {
                    true => json!({ "type": "memberJoined", "joined": { "members": members } }),
                    false => json!({ "type": "memberLeft", "left": { "members": members } }),
                }
            }
            Act::Tap { label, params, nth } => {
                match self.tap(chat, &user, label, *nth, params.as_ref()).await? {
                    Some(Tapped::Event {
                        event,
                        display_text,
                    }) => {
                        display = display_text;
                        event
                    }
                    Some(Tapped::Nothing(why)) => {
                        return Err(impossible(format!("`{label}`: {why}")));
                    }
                    None => return Ok(()),
                }
            }
            Act::Unsend => {
                let message = self.said.get(&place);
                let nothing = || impossible("there is no message of this user to take back");
                let message = message.ok_or_else(nothing)?;
                json!({ "type": "unsend", "unsend": { "messageId": message } })
            }
        };
        // What happens to a group as a whole is nobody's.
        acts_alone &= !matches!(event["type"].as_str(), Some("join" | "leave"));
        let mut act = json!({ "event": fill::ids(&event, &self.cast) });
        if acts_alone || group.is_none() {
            act["as"] = user.into();
        }
        if let Some(group) = group {
            act["in"] = group.into();
        }
        if let Some(display) = display {
            act["displayText"] = display.into();
        }
        let receipt = match self.stage.line.act(&act).await {
            Err(LineError::Refused(why)) => return Err(impossible(why)),
            receipt => receipt?,
        };
        if let Some(message) = receipt.message_id {
            self.said.insert(place, message);
        }
        Ok(())
    }

    /// Uploads what a user sends, and returns the message.
    async fn upload(&self, content: &Content) -> Result<Value, Stop> {
        let Content { kind, file } = content;
        let (bytes, media_type, name) = match file {
            Some(file) => {
                let path = self.folder.join(file);
                let bytes = fs::read(&path);
                let bytes = bytes.map_err(|error| {
                    impossible(format!("cannot read {}: {error}", path.display()))
                })?;
                (
                    bytes,
                    media_type(&path),
                    path.file_name()
                        .and_then(|it| it.to_str())
                        .map(str::to_owned),
                )
            }
            None => match kind.as_str() {
                "image" => (PIXEL.to_vec(), "image/png", None),
                "video" => (b"a video".to_vec(), "video/mp4", None),
                "audio" => (b"a sound".to_vec(), "audio/x-m4a", None),
                _ => (b"a file".to_vec(), "application/octet-stream", None),
            },
        };
        let id = self.stage.line.content(media_type, bytes).await?;
        let mut message = json!({ "type": kind, "contentId": id });
        match (kind.as_str(), name) {
            ("file", Some(name)) => message["fileName"] = name.into(),
            ("video" | "audio", _) => message["duration"] = 1000.into(),
            _ => {}
        }
        Ok(message)
    }

    /// What comes of a tap; nothing when the simulator did all of it.
    async fn tap(
        &self,
        chat: &Chat,
        user: &str,
        label: &str,
        nth: usize,
        params: Option<&Value>,
    ) -> Result<Option<Tapped>, Stop> {
        let line = &self.stage.line;
        let messages = line.messages(self.cast.chat(chat), 0).await?;
        let newest = messages
            .iter()
            .rev()
            .filter(|message| message.from == "bot");
        for message in newest {
            let actions = tap::actions(&message.message, label);
            if let Some(action) = actions.get(nth - 1) {
                return Ok(Some(tap::tapped(action, params)));
            }
        }
        if chat.group.is_none()
            && let Some(menu) = line.rich_menu(user).await?
        {
            let areas = menu["areas"].as_array().map_or(&[][..], Vec::as_slice);
            let meant = areas
                .iter()
                .enumerate()
                .filter(|(_, area)| tap::is_meant(&area["action"], label));
            if let Some((area, _)) = meant.into_iter().nth(nth - 1) {
                let mut tap = json!({ "area": area });
                if let Some(params) = params {
                    tap["params"] = params.clone();
                }
                line.tap_rich_menu(user, &tap).await?;
                return Ok(None);
            }
        }
        let why = "neither in what the bot said, nor in the rich menu";
        Err(impossible(format!(
            "there is nothing to tap with the label `{label}`, {why}"
        )))
    }
}

impl From<StageError> for Stop {
    fn from(error: StageError) -> Self {
        Self::Stage(error)
    }
}

impl From<LineError> for Stop {
    fn from(error: LineError) -> Self {
        Self::Stage(error.into())
    }
}

fn impossible(why: impl Into<String>) -> Stop {
    Stop::Finding(Finding::Impossible(why.into()))
}

fn media_type(path: &Path) -> &'static str {
    let extension = path
        .extension()
        .and_then(|it| it.to_str())
        .unwrap_or_default();
    match extension.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "mp4" => "video/mp4",
        "m4a" => "audio/x-m4a",
        "mp3" => "audio/mpeg",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}
