//! Audiences: groups of users, for narrowcasts (LINE reference, "Managing Audience").

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::client::{Client, Request};
use crate::error::Error;
use crate::lenient::elements;
use crate::operation::Operation;
use crate::transport::Multipart;

/// An audience to create from ids.
#[derive(Clone, Copy, Debug)]
pub struct NewAudience<'a> {
    /// Its name: at most 120 characters.
    pub description: &'a str,
    /// Whether the ids are advertising ids.
    pub is_ifa_audience: bool,
    /// What the ids are: at most 300 characters.
    pub upload_description: Option<&'a str>,
    /// The ids.
    pub audiences: &'a [String],
}

/// An audience.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AudienceGroup {
    /// Its id.
    pub audience_group_id: i64,
    /// `UPLOAD`, `CLICK`, `IMP` and others.
    #[serde(rename = "type", default)]
    pub audience_type: String,
    /// Its name.
    #[serde(default)]
    pub description: String,
    /// Whether it can be used.
    pub status: Option<String>,
    /// Why it failed.
    pub failed_type: Option<String>,
    /// How many users it has.
    pub audience_count: Option<u64>,
    /// When it was made, in seconds since 1970.
    pub created: Option<i64>,
    /// The request whose messages it is about.
    pub request_id: Option<String>,
    /// The link that it is about.
    pub click_url: Option<String>,
    /// Whether it has advertising ids.
    #[serde(default)]
    pub is_ifa_audience: bool,
    /// `READ` or `READ_WRITE`
    pub permission: Option<String>,
    /// Where it was made.
    pub create_route: Option<String>,
    /// When it ends, in seconds since 1970.
    pub expire_timestamp: Option<i64>,
}

/// Ids that are being added to an audience.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AudienceGroupJob {
    /// Its id.
    pub audience_group_job_id: i64,
    /// The audience's.
    pub audience_group_id: i64,
    /// What the ids are.
    #[serde(default)]
    pub description: String,
    /// `DIFF_ADD`
    #[serde(rename = "type", default)]
    pub job_type: String,
    /// `QUEUED`, `WORKING`, `FINISHED` or `FAILED`
    pub job_status: String,
    /// Why it failed.
    pub failed_type: Option<String>,
    /// How many ids.
    #[serde(default)]
    pub audience_count: u64,
    /// When it began, in seconds since 1970.
    pub created: i64,
}

/// An audience, and the jobs that add ids to it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AudienceData {
    /// The audience.
    pub audience_group: AudienceGroup,
    /// At most 50.
    #[serde(default, deserialize_with = "elements")]
    pub jobs: Vec<AudienceGroupJob>,
    /// The advertising account that it is shared with.
    pub adaccount: Option<AdAccount>,
    /// Who shares it.
    pub owner: Option<AudienceOwner>,
}

/// An advertising account.
#[derive(Debug, Deserialize)]
pub struct AdAccount {
    /// What it is called.
    pub name: String,
}

/// Who shares an audience.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AudienceOwner {
    /// The owner's service: one of LINE's.
    pub service_type: String,
    /// The owner's id there.
    pub id: String,
    /// What the owner is called.
    pub name: String,
}

/// Which audiences to list.
#[derive(Debug)]
pub struct AudienceFilter {
    /// From 1.
    pub page: u32,
    /// At most 40; by default 20.
    pub size: Option<u32>,
    /// A part of the name.
    pub description: Option<String>,
    /// One of [`AudienceGroup::status`].
    pub status: Option<String>,
    /// Of [`Client::audience_groups`]: whether public ones of the bot's other channels are listed, too. By
    /// default they are.
    pub includes_external_public_groups: Option<bool>,
    /// Of [`Client::shared_audience_groups`]: whether the account's own are listed, too. By default they are
    /// not.
    pub includes_owned_audience_groups: Option<bool>,
    /// Where they were made.
    pub create_route: Option<String>,
}

/// A page of audiences.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AudienceGroups {
    /// The audiences.
    #[serde(deserialize_with = "elements")]
    pub audience_groups: Vec<AudienceGroup>,
    /// Whether there are more.
    pub has_next_page: bool,
    /// How many there are in all.
    pub total_count: u64,
    /// How many of them can be changed.
    pub read_write_audience_group_total_count: u64,
    /// Which page it is.
    pub page: u32,
    /// How many a page has at most.
    pub size: u32,
}

#[derive(Serialize)]
struct Member<'a> {
    id: &'a str,
}

fn members(ids: &[String]) -> Vec<Member<'_>> {
    ids.iter().map(|id| Member { id }).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Upload<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    audience_group_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_ifa_audience: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    upload_description: Option<&'a str>,
    audiences: Vec<Member<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OfMessage<'a> {
    description: &'a str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    click_url: Option<&'a str>,
}

impl Client {
    /// Makes an audience of at most 10,000 ids.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn create_audience_group(
        &self,
        audience: NewAudience<'_>,
    ) -> Result<AudienceGroup, Error> {
        let request = self
            .request(Operation::CreateAudienceGroup)
            .with_long_timeout();
        let upload = Upload {
            audience_group_id: None,
            description: Some(audience.description),
            is_ifa_audience: Some(audience.is_ifa_audience),
            upload_description: audience.upload_description,
            audiences: members(audience.audiences),
        };
        request.json(&upload)?.receive().await
    }

    /// Adds at most 10,000 ids to an audience.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn add_audience_to_audience_group(
        &self,
        audience_group_id: i64,
        upload_description: Option<&str>,
        audiences: &[String],
    ) -> Result<(), Error> {
        let request = self.request(Operation::AddAudienceToAudienceGroup);
        let upload = Upload {
            audience_group_id: Some(audience_group_id),
            description: None,
            is_ifa_audience: None,
            upload_description,
            audiences: members(audiences),
        };
        request.with_long_timeout().json(&upload)?.send().await
    }

    /// Makes an audience of at most 1,500,000 ids, sent as a file.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn create_audience_for_uploading_user_ids(
        &self,
        audience: NewAudience<'_>,
    ) -> Result<AudienceGroup, Error> {
        let is_ifa = audience.is_ifa_audience.to_string();
        let form = Multipart::new()
            .field("description", audience.description)
            .field("isIfaAudience", &is_ifa);
        let form = with_file(form, audience.upload_description, audience.audiences);
        let (content_type, body) = form.finish()?;
        let request = self.request(Operation::CreateAudienceForUploadingUserIds);
        let request = request.with_long_timeout().body(content_type, body);
        request.receive().await
    }

    /// Adds at most 1,500,000 ids to an audience, sent as a file.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn add_user_ids_to_audience(
        &self,
        audience_group_id: i64,
        upload_description: Option<&str>,
        audiences: &[String],
    ) -> Result<(), Error> {
        let id = audience_group_id.to_string();
        let form = Multipart::new().field("audienceGroupId", &id);
        let form = with_file(form, upload_description, audiences);
        let (content_type, body) = form.finish()?;
        let request = self.request(Operation::AddUserIdsToAudience);
        request
            .with_long_timeout()
            .body(content_type, body)
            .send()
            .await
    }

    /// Makes an audience of those who tapped a link in a message of the last 60 days: any, or this
    /// one.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn create_click_based_audience_group(
        &self,
        description: &str,
        request_id: &str,
        click_url: Option<&str>,
    ) -> Result<AudienceGroup, Error> {
        let request = self.request(Operation::CreateClickBasedAudienceGroup);
        let body = OfMessage {
            description,
            request_id,
            click_url,
        };
        request.json(&body)?.receive().await
    }

    /// Makes an audience of those who saw a message of the last 60 days.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn create_imp_based_audience_group(
        &self,
        description: &str,
        request_id: &str,
    ) -> Result<AudienceGroup, Error> {
        let request = self.request(Operation::CreateImpBasedAudienceGroup);
        let body = OfMessage {
            description,
            request_id,
            click_url: None,
        };
        request.json(&body)?.receive().await
    }

    /// Renames an audience: 1 to 120 characters.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn update_audience_group_description(
        &self,
        audience_group_id: i64,
        description: &str,
    ) -> Result<(), Error> {
        let request = self
            .request(Operation::UpdateAudienceGroupDescription)
            .id(ID, &audience_group_id.to_string())?;
        let body = json!({ "description": description });
        request.json(&body)?.send().await
    }

    /// Deletes an audience.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn delete_audience_group(&self, audience_group_id: i64) -> Result<(), Error> {
        let request = self.request(Operation::DeleteAudienceGroup);
        request.id(ID, &audience_group_id.to_string())?.send().await
    }

    /// An audience, and the jobs that add ids to it.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn audience_data(&self, audience_group_id: i64) -> Result<AudienceData, Error> {
        let request = self.request(Operation::GetAudienceData);
        request
            .id(ID, &audience_group_id.to_string())?
            .receive()
            .await
    }

    /// A page of the channel's audiences.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn audience_groups(&self, filter: AudienceFilter) -> Result<AudienceGroups, Error> {
        let external = filter.includes_external_public_groups;
        let request = self.request(Operation::GetAudienceGroups);
        let request = request.query("includesExternalPublicGroups", external);
        filter.put_into(request).receive().await
    }

    /// An audience that LINE Business Manager shares.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn shared_audience_data(
        &self,
        audience_group_id: i64,
    ) -> Result<AudienceData, Error> {
        let request = self.request(Operation::GetSharedAudienceData);
        request
            .id(ID, &audience_group_id.to_string())?
            .receive()
            .await
    }

    /// A page of the audiences that LINE Business Manager shares.
    ///
    /// # Errors
    ///
    /// As every call: see [`Error`].
    pub async fn shared_audience_groups(
        &self,
        filter: AudienceFilter,
    ) -> Result<AudienceGroups, Error> {
        let owned = filter.includes_owned_audience_groups;
        let request = self.request(Operation::GetSharedAudienceGroups);
        let request = request.query("includesOwnedAudienceGroups", owned);
        filter.put_into(request).receive().await
    }
}

impl AudienceFilter {
    fn put_into(self, request: Request<'_>) -> Request<'_> {
        request
            .query("page", Some(self.page))
            .query("size", self.size)
            .query("description", self.description)
            .query("status", self.status)
            .query("createRoute", self.create_route)
    }
}

const ID: &str = "audience-group-id";

/// Adds the ids as a file, one a line. It is the last part, as LINE's examples have it.
fn with_file(form: Multipart, upload_description: Option<&str>, ids: &[String]) -> Multipart {
    let form = match upload_description {
        Some(description) => form.field("uploadDescription", description),
        None => form,
    };
    form.text_file("file", &ids.join("\n"))
}
