//! Audiences: making, filling, renaming and reading them.

use std::collections::BTreeSet;

use axum::Router;
use axum::http::StatusCode;
use botbox_line::Operation;
use serde_json::{Value, json};
use uuid::Uuid;

use super::multipart::Parts;
use super::serve::{Call, operation};
use crate::answer::{Answer, Refusal};
use crate::bots::Bot;
use crate::bots::audiences::{Audience, Audiences, Kind};
use crate::ids;
use crate::validation::{self, Invalid};
use crate::world::{Shared, World};

/// How many lines an uploaded file may have (LINE reference, "Create audience for uploading user
/// IDs (by file)").
const MAX_LINES: usize = 1_500_000;

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .merge(operation(Operation::CreateAudienceGroup, upload))
        .merge(operation(Operation::AddAudienceToAudienceGroup, add))
        .merge(operation(
            Operation::CreateAudienceForUploadingUserIds,
            upload_file,
        ))
        .merge(operation(Operation::AddUserIdsToAudience, add_file))
        .merge(operation(Operation::CreateClickBasedAudienceGroup, click))
        .merge(operation(
            Operation::CreateImpBasedAudienceGroup,
            impression,
        ))
        .merge(operation(Operation::UpdateAudienceGroupDescription, rename))
        .merge(operation(Operation::DeleteAudienceGroup, delete))
        .merge(operation(Operation::GetAudienceData, show))
        .merge(operation(Operation::GetAudienceGroups, list))
        .merge(operation(Operation::GetSharedAudienceData, show_shared))
        .merge(operation(Operation::GetSharedAudienceGroups, list_shared))
}

/// What an upload says, whether as JSON or as a file.
struct Upload<'a> {
    ids: Vec<&'a str>,
    description: &'a str,
    /// Where LINE finds wrong ids, and what it says of them.
    property: &'static str,
    complaint: &'static str,
}

async fn upload(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    validation::audience_upload(&request)?;
    let is_ifa = request["isIfaAudience"] == true;
    create_upload(
        &shared,
        &call,
        &request["description"],
        is_ifa,
        &Upload::json(&request),
    )
}

async fn upload_file(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let parts = Parts::read(&call).await?;
    let upload = Upload::file(&parts)?;
    let description = parts.text("description").unwrap_or_default().into();
    let is_ifa = parts.text("isIfaAudience") == Some("true");
    create_upload(&shared, &call, &description, is_ifa, &upload)
}

async fn add(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    validation::audience_addition(&request)?;
    let id = request["audienceGroupId"].as_u64();
    add_upload(&shared, &call, id, &Upload::json(&request))
}

async fn add_file(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let parts = Parts::read(&call).await?;
    let upload = Upload::file(&parts)?;
    let id = parts.text("audienceGroupId").and_then(|id| id.parse().ok());
    add_upload(&shared, &call, id, &upload)
}

async fn click(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    let click_url = request["clickUrl"].as_str().filter(|url| !url.is_empty());
    create_of_message(&shared, &call, &request, |request_id| Kind::Click {
        request_id,
        click_url: click_url.map(str::to_owned),
    })
}

async fn impression(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    create_of_message(&shared, &call, &request, |request_id| Kind::Imp {
        request_id,
    })
}

async fn rename(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let request = call.json()?;
    validation::audience_name(&request)?;
    let name = checked_name(&request["description"])?;
    let mut world = shared.world();
    let audiences = &mut call.bot(&mut world)?.audiences;
    let audience = id(&call).and_then(|id| audiences.get_mut(id));
    audience.ok_or_else(not_found)?.description = name;
    Ok(Answer::json(&json!({})))
}

async fn delete(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let audiences = &mut call.bot(&mut world)?.audiences;
    if id(&call).is_some_and(|id| audiences.delete(id)) {
        Ok(Answer::json(&json!({})))
    } else {
        Err(not_found())
    }
}

async fn show(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let audiences = &call.bot(&mut world)?.audiences;
    let audience = id(&call)
        .and_then(|id| audiences.get(id))
        .ok_or_else(not_found)?;
    Ok(Answer::json(&json!({
        "audienceGroup": audience.view(),
        "jobs": audience.jobs(),
    })))
}

async fn list(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    page(&call.bot(&mut world)?.audiences, &call)
}

/// Nobody shares audiences with the simulator's bots.
async fn show_shared(_: Shared, _: Call) -> Result<Answer, Refusal> {
    Err(not_found())
}

/// The bot's own audiences at most.
async fn list_shared(shared: Shared, call: Call) -> Result<Answer, Refusal> {
    let mut world = shared.world();
    let own = call.query("includesOwnedAudienceGroups").as_deref() == Some("true");
    if own {
        page(&call.bot(&mut world)?.audiences, &call)
    } else {
        page(&Audiences::default(), &call)
    }
}

impl<'a> Upload<'a> {
    fn json(request: &'a Value) -> Self {
        let members = request["audiences"].as_array().into_iter().flatten();
        Self {
            ids: members.filter_map(|member| member["id"].as_str()).collect(),
            description: request["uploadDescription"].as_str().unwrap_or_default(),
            property: "audiences",
            complaint: "Invalid audience id format",
        }
    }

    fn file(parts: &'a Parts) -> Result<Self, Refusal> {
        let missing = || Invalid::of("file", "May not be empty");
        let file = parts.part("file").ok_or_else(missing)?;
        if file.content_type != "text/plain" {
            return Err(Refusal::UnsupportedContentType(file.content_type.clone()));
        }
        let description = parts.text("uploadDescription").unwrap_or_default();
        if description.chars().count() > 300 {
            let message = "Length must be between 0 and 300";
            return Err(Invalid::of("uploadDescription", message).into());
        }
        let lines = std::str::from_utf8(&file.bytes)
            .unwrap_or("not text")
            .lines();
        let ids: Vec<&str> = lines
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        if ids.is_empty() {
            return Err(refuse(
                "no valid audience ids",
                "UPLOAD_AUDIENCE_GROUP_NO_VALID_AUDIENCE_IDS",
                Some("file"),
            ));
        }
        if ids.len() > MAX_LINES {
            let message = format!("Size must be between 1 and {MAX_LINES}");
            return Err(Invalid::of("file", message).into());
        }
        Ok(Self {
            ids,
            description,
            property: "file",
            complaint: WRONG_ID,
        })
    }

    /// Of the ids those that are users'. An advertising id is nobody's in the simulator.
    fn members(&self, world: &World, is_ifa: bool) -> Result<BTreeSet<String>, Refusal> {
        let is_right = |id: &&str| {
            if is_ifa {
                Uuid::parse_str(id).is_ok()
            } else {
                ids::is_user(id)
            }
        };
        if !self.ids.iter().all(is_right) {
            return Err(refuse(self.complaint, WRONG_ID, Some(self.property)));
        }
        let exists = |id: &&&str| world.user(id).is_some();
        let members = self.ids.iter().filter(exists);
        Ok(members.map(|id| (*id).to_owned()).collect())
    }
}

const WRONG_ID: &str = "UPLOAD_AUDIENCE_GROUP_INVALID_AUDIENCE_ID_FORMAT";

fn create_upload(
    shared: &Shared,
    call: &Call,
    description: &Value,
    is_ifa: bool,
    upload: &Upload,
) -> Result<Answer, Refusal> {
    let name = checked_name(description)?;
    let mut world = shared.world();
    let members = upload.members(&world, is_ifa)?;
    let audience = create(call.bot(&mut world)?, Kind::Upload, name, is_ifa, call.time)?;
    if !upload.ids.is_empty() {
        audience.add(members, upload.description, call.time);
    }
    Ok(created(audience))
}

fn add_upload(
    shared: &Shared,
    call: &Call,
    id: Option<u64>,
    upload: &Upload,
) -> Result<Answer, Refusal> {
    let id = id.ok_or_else(not_found)?;
    let mut world = shared.world();
    let audience = call.bot(&mut world)?.audiences.get(id);
    let audience = audience.filter(|audience| audience.is_uploaded());
    let is_ifa = audience.ok_or_else(not_found)?.is_ifa;
    let members = upload.members(&world, is_ifa)?;
    let audience = call.bot(&mut world)?.audiences.get_mut(id);
    audience
        .ok_or_else(not_found)?
        .add(members, upload.description, call.time);
    Ok(Answer::accepted())
}

/// An audience of what users did with a message. They neither tap links nor look at messages
/// here, so it has no members.
fn create_of_message(
    shared: &Shared,
    call: &Call,
    request: &Value,
    kind: impl Fn(String) -> Kind,
) -> Result<Answer, Refusal> {
    validation::audience_of_message(request)?;
    let name = checked_name(&request["description"])?;
    let request_id = request["requestId"].as_str().unwrap_or_default();
    let mut world = shared.world();
    let bot = call.bot(&mut world)?;
    if bot.mailings.get(request_id, call.time).is_none() {
        return Err(refuse("request id not found", "REQUEST_NOT_FOUND", None));
    }
    let kind = kind(request_id.to_owned());
    if bot.audiences.has_kind(&kind) {
        let code = "AUDIENCE_GROUP_REQUEST_ID_DUPLICATE";
        return Err(refuse("duplicate request id", code, None));
    }
    Ok(created(create(bot, kind, name, false, call.time)?))
}

fn create(
    bot: &mut Bot,
    kind: Kind,
    name: String,
    is_ifa: bool,
    now: u64,
) -> Result<&mut Audience, Refusal> {
    let full = || {
        refuse(
            "audience group count max over",
            "AUDIENCE_GROUP_COUNT_MAX_OVER",
            None,
        )
    };
    bot.audiences
        .create(kind, name, is_ifa, now)
        .ok_or_else(full)
}

fn created(audience: &Audience) -> Answer {
    Answer {
        status: StatusCode::ACCEPTED,
        ..Answer::json(&audience.created_view())
    }
}

/// The page of audiences that the query asks for (LINE reference, "Get data for more than one
/// audience").
fn page(audiences: &Audiences, call: &Call) -> Result<Answer, Refusal> {
    let number = |name| match call.query(name) {
        Some(number) => number
            .parse()
            .map(Some)
            .map_err(|_| Refusal::InvalidParameter(name)),
        None => Ok(None),
    };
    let page: usize = number("page")?
        .filter(|page| *page >= 1)
        .ok_or(Refusal::InvalidParameter("page"))?;
    let size = number("size")?.unwrap_or(20);
    if size > 40 {
        let message = "size: must be less than or equal to 40";
        return Err(refuse(message, "TOO_HIGH", None));
    }
    if size == 0 {
        return Err(Refusal::InvalidParameter("size"));
    }
    let name = call.query("description").unwrap_or_default().to_lowercase();
    // All audiences here have the same status and the same route.
    let all_fit = call.query("status").is_none_or(|status| status == "READY")
        && call
            .query("createRoute")
            .is_none_or(|route| route == "MESSAGING_API");
    let fits =
        |audience: &&Audience| all_fit && audience.description.to_lowercase().contains(&name);
    let fitting: Vec<&Audience> = audiences.all().filter(fits).collect();
    let skipped = (page - 1).saturating_mul(size);
    let shown: Vec<Value> = fitting
        .iter()
        .skip(skipped)
        .take(size)
        .map(|a| a.view())
        .collect();
    Ok(Answer::json(&json!({
        "hasNextPage": fitting.len() > skipped.saturating_add(size),
        "audienceGroups": shown,
        "totalCount": fitting.len(),
        "readWriteAudienceGroupTotalCount": fitting.len(),
        "page": page,
        "size": size,
    })))
}

/// The name of an audience (LINE reference, "Create audience for uploading user IDs").
fn checked_name(description: &Value) -> Result<String, Refusal> {
    let name = description.as_str().unwrap_or_default();
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        return Err(refuse(
            "wrong audienceGroupName",
            "AUDIENCE_GROUP_NAME_WRONG",
            None,
        ));
    }
    if name.chars().count() > 120 {
        let code = "AUDIENCE_GROUP_NAME_SIZE_OVER";
        return Err(refuse("size over audienceGroupName", code, None));
    }
    Ok(name.to_owned())
}

fn id(call: &Call) -> Option<u64> {
    call.param("audienceGroupId").parse().ok()
}

fn not_found() -> Refusal {
    refuse("audience group not found", "AUDIENCE_GROUP_NOT_FOUND", None)
}

/// LINE gives its reasons a code here.
fn refuse(message: &'static str, code: &str, property: Option<&str>) -> Refusal {
    let mut detail = json!({ "message": code });
    if let Some(property) = property {
        detail["property"] = property.into();
    }
    Refusal::Specific {
        status: StatusCode::BAD_REQUEST,
        message: message.into(),
        details: Some(json!([detail])),
    }
}
