//! `botbox:line/audience`: groups of users, for narrowcasts.

use botbox_line::api::{self, NewAudience};

use crate::bindings::botbox::line::audience::{
    AudienceData, AudienceFilter, AudienceGroup, AudienceGroupJob, AudienceGroups, AudienceOwner,
    Host,
};
use crate::bindings::botbox::line::errors::CallError;
use crate::grants::Capability;
use crate::sandbox::Sandbox;

impl Host for Sandbox {
    async fn create_audience_group(
        &mut self,
        description: String,
        is_ifa_audience: bool,
        upload_description: Option<String>,
        audiences: Vec<String>,
    ) -> Result<AudienceGroup, CallError> {
        self.check_call(Capability::Audience)?;
        let audience = NewAudience {
            description: &description,
            is_ifa_audience,
            upload_description: upload_description.as_deref(),
            audiences: &audiences,
        };
        let made = self.client().create_audience_group(audience).await?;
        Ok(made.into())
    }

    async fn add_audience_to_audience_group(
        &mut self,
        audience_group_id: i64,
        upload_description: Option<String>,
        audiences: Vec<String>,
    ) -> Result<(), CallError> {
        self.check_call(Capability::Audience)?;
        let upload_description = upload_description.as_deref();
        let client = self.client();
        Ok(client
            .add_audience_to_audience_group(audience_group_id, upload_description, &audiences)
            .await?)
    }

    async fn create_audience_for_uploading_user_ids(
        &mut self,
        description: String,
        is_ifa_audience: bool,
        upload_description: Option<String>,
        audiences: Vec<String>,
    ) -> Result<AudienceGroup, CallError> {
        self.check_call(Capability::Audience)?;
        let audience = NewAudience {
            description: &description,
            is_ifa_audience,
            upload_description: upload_description.as_deref(),
            audiences: &audiences,
        };
        let client = self.client();
        let made = client.create_audience_for_uploading_user_ids(audience);
        Ok(made.await?.into())
    }

    async fn add_user_ids_to_audience(
        &mut self,
        audience_group_id: i64,
        upload_description: Option<String>,
        audiences: Vec<String>,
    ) -> Result<(), CallError> {
        self.check_call(Capability::Audience)?;
        let upload_description = upload_description.as_deref();
        let client = self.client();
        Ok(client
            .add_user_ids_to_audience(audience_group_id, upload_description, &audiences)
            .await?)
    }

    async fn create_click_based_audience_group(
        &mut self,
        description: String,
        request_id: String,
        click_url: Option<String>,
    ) -> Result<AudienceGroup, CallError> {
        self.check_call(Capability::Audience)?;
        let click_url = click_url.as_deref();
        let client = self.client();
        let made = client.create_click_based_audience_group(&description, &request_id, click_url);
        Ok(made.await?.into())
    }

    async fn create_imp_based_audience_group(
        &mut self,
        description: String,
        request_id: String,
    ) -> Result<AudienceGroup, CallError> {
        self.check_call(Capability::Audience)?;
        let client = self.client();
        let made = client.create_imp_based_audience_group(&description, &request_id);
        Ok(made.await?.into())
    }

    async fn update_audience_group_description(
        &mut self,
        audience_group_id: i64,
        description: String,
    ) -> Result<(), CallError> {
        self.check_call(Capability::Audience)?;
        let client = self.client();
        Ok(client
            .update_audience_group_description(audience_group_id, &description)
            .await?)
    }

    async fn delete_audience_group(&mut self, audience_group_id: i64) -> Result<(), CallError> {
        self.check_call(Capability::Audience)?;
        Ok(self
            .client()
            .delete_audience_group(audience_group_id)
            .await?)
    }

    async fn get_audience_data(
        &mut self,
        audience_group_id: i64,
    ) -> Result<AudienceData, CallError> {
        self.check_call(Capability::Audience)?;
        Ok(self.client().audience_data(audience_group_id).await?.into())
    }

    async fn get_audience_groups(
        &mut self,
        filter: AudienceFilter,
    ) -> Result<AudienceGroups, CallError> {
        self.check_call(Capability::Audience)?;
        Ok(self.client().audience_groups(filter.into()).await?.into())
    }

    async fn get_shared_audience_data(
        &mut self,
        audience_group_id: i64,
    ) -> Result<AudienceData, CallError> {
        self.check_call(Capability::Audience)?;
        let data = self
            .client()
            .shared_audience_data(audience_group_id)
            .await?;
        Ok(data.into())
    }

    async fn get_shared_audience_groups(
        &mut self,
        filter: AudienceFilter,
    ) -> Result<AudienceGroups, CallError> {
        self.check_call(Capability::Audience)?;
        let page = self.client().shared_audience_groups(filter.into()).await?;
        Ok(page.into())
    }
}

impl From<AudienceFilter> for api::AudienceFilter {
    fn from(filter: AudienceFilter) -> Self {
        Self {
            page: filter.page,
            size: filter.size,
            description: filter.description,
            status: filter.status,
            includes_external_public_groups: filter.includes_external_public_groups,
            includes_owned_audience_groups: filter.includes_owned_audience_groups,
            create_route: filter.create_route,
        }
    }
}

impl From<api::AudienceGroup> for AudienceGroup {
    fn from(group: api::AudienceGroup) -> Self {
        Self {
            audience_group_id: group.audience_group_id,
            audience_type: group.audience_type,
            description: group.description,
            status: group.status,
            failed_type: group.failed_type,
            audience_count: group.audience_count,
            created: group.created,
            request_id: group.request_id,
            click_url: group.click_url,
            is_ifa_audience: group.is_ifa_audience,
            permission: group.permission,
            create_route: group.create_route,
            expire_timestamp: group.expire_timestamp,
        }
    }
}

impl From<api::AudienceGroupJob> for AudienceGroupJob {
    fn from(job: api::AudienceGroupJob) -> Self {
        Self {
            audience_group_job_id: job.audience_group_job_id,
            audience_group_id: job.audience_group_id,
            description: job.description,
            job_type: job.job_type,
            job_status: job.job_status,
            failed_type: job.failed_type,
            audience_count: job.audience_count,
            created: job.created,
        }
    }
}

impl From<api::AudienceData> for AudienceData {
    fn from(data: api::AudienceData) -> Self {
        Self {
            audience_group: data.audience_group.into(),
            jobs: data.jobs.into_iter().map(Into::into).collect(),
            ad_account: data.adaccount.map(|it| it.name),
            owner: data.owner.map(|it| AudienceOwner {
                service_type: it.service_type,
                id: it.id,
                name: it.name,
            }),
        }
    }
}

impl From<api::AudienceGroups> for AudienceGroups {
    fn from(page: api::AudienceGroups) -> Self {
        let groups = page.audience_groups.into_iter();
        Self {
            audience_groups: groups.map(Into::into).collect(),
            has_next_page: page.has_next_page,
            total_count: page.total_count,
            read_write_audience_group_total_count: page.read_write_audience_group_total_count,
            page: page.page,
            size: page.size,
        }
    }
}
