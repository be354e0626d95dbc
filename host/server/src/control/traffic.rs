//! The one switch: which deployments of a channel serve. To activate, try on some chats, promote, abort and
//! roll back is all the same call.

use botbox_store::{
    Actor, Canary, ChannelRecord, DeploymentNumber, DeploymentRecord, Deployments, NewTraffic,
    RegistryError, Revision, Traffic,
};

use super::Control;
use super::error::ControlError;
use crate::channel::traffic::Serving;
use crate::watch::switch_event;

/// A switch that is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Switch {
    /// The revision that it replaces, if it must be that one.
    pub(crate) expected: Option<Revision>,
    pub(crate) stable: DeploymentNumber,
    pub(crate) canary: Option<Canary>,
    /// Whether only a person may switch from now on. Who does not say, does not switch what is pinned.
    pub(crate) is_pinned: Option<bool>,
    pub(crate) reason: String,
    /// What the guard takes out of traffic.
    pub(crate) aborted: Option<DeploymentNumber>,
}

/// The most characters of a reason.
const REASON: usize = 1_000;

impl Control {
    /// Switches a channel's traffic. When it returns, the next event runs on what it says.
    pub(crate) async fn switch(
        &self,
        actor: Actor,
        channel: &str,
        switch: Switch,
    ) -> Result<Traffic, ControlError> {
        check(&switch)?;
        let record = self.own_channel(channel).await?;
        let Some(channel) = self.directory.get(channel) else {
            // It can't take webhooks; what is to serve once it can is kept.
            return self.set_traffic(actor, &record, &switch).await;
        };
        let _changing = channel.changing.lock().await;
        // What may fail comes first: a switch that is kept serves.
        let stable = self.deployer.load(&channel, switch.stable).await?;
        let canary = match switch.canary {
            Some(canary) => Some(self.deployer.load(&channel, canary.deployment).await?),
            None => None,
        };
        let traffic = self.set_traffic(actor, &record, &switch).await?;
        channel.serve(Serving::new(
            traffic.clone(),
            stable,
            canary,
            &channel.traffic,
        ));
        self.live_events
            .publish(|| switch_event(&channel, &traffic, &self.clock));
        let canary = traffic.canary.map(|it| it.deployment);
        tracing::info!(
            channel = &*channel.id,
            provider = &*channel.provider,
            stable = traffic.stable,
            canary,
            by = traffic.by,
            reason = traffic.reason,
            "traffic switched"
        );
        Ok(traffic)
    }

    async fn set_traffic(
        &self,
        actor: Actor,
        record: &ChannelRecord,
        switch: &Switch,
    ) -> Result<Traffic, ControlError> {
        let mut expected = switch.expected;
        if switch.is_pinned.is_none()
            && let Some(current) = self.store.traffic(record.id).await?
        {
            self.check_pin(record, &current, switch).await?;
            // It must not have been pinned meanwhile.
            expected = expected.or(Some(current.revision));
        }
        let new = NewTraffic {
            expected,
            stable: switch.stable,
            canary: switch.canary,
            is_pinned: switch.is_pinned.unwrap_or_default(),
            reason: switch.reason.clone(),
            aborted: switch.aborted,
        };
        Ok(self.store.set_traffic(actor, record.id, new).await?)
    }

    /// Fails if the traffic is pinned, or pinned against the plugin that is to serve.
    async fn check_pin(
        &self,
        record: &ChannelRecord,
        current: &Traffic,
        switch: &Switch,
    ) -> Result<(), ControlError> {
        if !current.is_pinned {
            return Ok(());
        }
        let pinned = || Err(ControlError::Pinned(current.reason.clone()));
        let Some(aborted) = current.aborted else {
            return pinned();
        };
        // A fix is another plugin, or the same one with something else.
        let aborted = self.store.deployment(record.id, aborted).await?;
        let canary = switch.canary.map(|it| it.deployment);
        for number in [Some(switch.stable), canary].into_iter().flatten() {
            let wanted = self.store.deployment(record.id, number).await?;
            let is_aborted = |one: &DeploymentRecord, other: &DeploymentRecord| {
                (&one.digest, &one.document) == (&other.digest, &other.document)
            };
            if let (Some(aborted), Some(wanted)) = (&aborted, &wanted)
                && is_aborted(aborted, wanted)
            {
                return pinned();
            }
        }
        Ok(())
    }

    /// A channel's traffic.
    pub(crate) async fn traffic(&self, channel: &str) -> Result<Traffic, ControlError> {
        let record = self.channel(channel).await?;
        let traffic = self.store.traffic(record.id).await?;
        traffic.ok_or_else(|| {
            let (kind, name) = ("traffic of the channel", channel.to_owned());
            RegistryError::NotFound { kind, name }.into()
        })
    }
}

fn check(switch: &Switch) -> Result<(), ControlError> {
    if let Some(Canary {
        deployment,
        percent,
    }) = switch.canary
    {
        if !(1..=99).contains(&percent) {
            let what = format!(
                "give a number from 1 to 99, not {percent}; who is to serve all is the stable one"
            );
            return Err(ControlError::invalid("canary.percent", what));
        }
        if deployment == switch.stable {
            let what = "it is the stable deployment; give another one, or no canary";
            return Err(ControlError::invalid("canary.deployment", what));
        }
    }
    let length = switch.reason.chars().count();
    if length > REASON {
        let what = format!("it has {length} characters; the limit is {REASON}");
        return Err(ControlError::invalid("reason", what));
    }
    Ok(())
}
