//! What every registry does: [`Tenants`], [`Deployments`], [`Access`] and [`Metering`].

use std::sync::Arc;

use botbox_store::{
    Access, Actor, AuditFilter, Canary, ChannelId, ChannelRecord, ChannelUsage, Deployments,
    Metering, NewAuditEntry, NewChannel, NewPlugin, NewToken, NewTraffic, Origin, Provider,
    RegistryError, SealedSecret, StoreError, Tenants, UsageCounts, UsageFilter, Viewer,
};

use super::race::race;

/// All of the registry.
pub(crate) trait Registry: Tenants + Deployments + Access + Metering {}

impl<T: Tenants + Deployments + Access + Metering> Registry for T {}

/// Runs all of them on an empty store.
pub(crate) async fn all<S: Registry + 'static>(store: Arc<S>) {
    ids_are_never_given_again(&*store).await;
    a_name_is_taken_once(&*store).await;
    a_change_of_what_was_changed_is_refused(&*store).await;
    secrets_go_with_their_channel(&*store).await;
    deployments_are_numbered(&*store).await;
    a_switch_is_refused_when_another_came_first(&store).await;
    what_can_be_rolled_back_to_is_kept(&*store).await;
    a_plugin_is_seen_by_who_has_it(&*store).await;
    a_revoked_token_is_gone(&*store).await;
    the_audit_has_every_change(&*store).await;
    what_was_used_outlives_who_used_it(&*store).await;
}

fn actor() -> Actor {
    Actor(String::from("test"))
}

async fn provider(store: &impl Registry, name: &str) -> Provider {
    let added = store.add_provider(actor(), name.to_owned(), String::from("{}"));
    added.await.unwrap()
}

async fn channel(store: &impl Registry, provider: &Provider, name: &str) -> ChannelRecord {
    let new = NewChannel {
        name: name.to_owned(),
        provider: provider.id,
        origin: Origin::Api,
        settings: String::from("{}"),
    };
    store.add_channel(actor(), new).await.unwrap()
}

async fn plugin(store: &impl Registry, digest: &str) {
    let new = NewPlugin {
        provider: None,
        digest: digest.to_owned(),
        size: 7,
        details: String::from("{}"),
    };
    store.add_plugin(actor(), new).await.unwrap();
}

async fn deploy(store: &impl Registry, channel: ChannelId, digest: &str) -> i64 {
    plugin(store, digest).await;
    deploy_known(store, channel, digest).await
}

async fn deploy_known(store: &impl Registry, channel: ChannelId, digest: &str) -> i64 {
    let added = store.add_deployment(actor(), channel, digest.to_owned(), String::from("{}"));
    added.await.unwrap().number
}

fn traffic(expected: Option<i64>, stable: i64) -> NewTraffic {
    NewTraffic {
        expected,
        stable,
        canary: None,
        is_pinned: false,
        reason: String::new(),
        aborted: None,
    }
}

async fn delete(store: &impl Registry, channel: ChannelId) {
    store.begin_delete_channel(actor(), channel).await.unwrap();
    store.finish_delete_channel(channel).await.unwrap();
}

fn refusal<T: std::fmt::Debug>(result: Result<T, StoreError>) -> RegistryError {
    let StoreError::Registry(refusal) = result.unwrap_err() else {
        unreachable!("it failed in another way");
    };
    refusal
}

async fn ids_are_never_given_again(store: &impl Registry) {
    let acme = provider(store, "again").await;
    let first = channel(store, &acme, "shop-again").await;
    delete(store, first.id).await;
    let second = channel(store, &acme, "shop-again").await;
    assert!(second.id > first.id);
    assert_ne!(second.key(), first.key());
    assert_eq!(ChannelRecord::name_of(&second.key()), "shop-again");
    delete(store, second.id).await;
    store.delete_provider(actor(), acme.id).await.unwrap();
    let other = provider(store, "again").await;
    assert!(other.id > acme.id);
}

async fn a_name_is_taken_once(store: &impl Registry) {
    let one = provider(store, "one").await;
    let again = store.add_provider(actor(), String::from("one"), String::from("{}"));
    assert!(matches!(refusal(again.await), RegistryError::Exists { .. }));
    let shop = channel(store, &one, "shop-once").await;
    let same = NewChannel {
        name: String::from("shop-once"),
        provider: one.id,
        origin: Origin::File,
        settings: String::from("{}"),
    };
    let again = store.add_channel(actor(), same.clone()).await;
    assert!(matches!(refusal(again), RegistryError::Exists { .. }));
    // Until it is gone.
    store.begin_delete_channel(actor(), shop.id).await.unwrap();
    let again = store.add_channel(actor(), same).await;
    assert!(matches!(refusal(again), RegistryError::Exists { .. }));
    let full = store.delete_provider(actor(), one.id).await;
    assert!(matches!(refusal(full), RegistryError::InUse { .. }));
}

async fn a_change_of_what_was_changed_is_refused(store: &impl Registry) {
    let acme = provider(store, "stale").await;
    let shop = channel(store, &acme, "stale").await;
    let set = |expected, settings: &str| {
        store.set_channel(actor(), shop.id, expected, settings.to_owned())
    };
    assert_eq!(set(Some(1), "{\"a\":1}").await.unwrap().revision, 2);
    let stale = RegistryError::Stale {
        expected: 1,
        current: 2,
    };
    assert_eq!(refusal(set(Some(1), "{\"a\":2}").await), stale);
    // Whoever does not care.
    assert_eq!(set(None, "{\"a\":2}").await.unwrap().revision, 3);
    // Nothing changes.
    assert_eq!(set(Some(3), "{\"a\":2}").await.unwrap().revision, 3);
    let of_provider = store.set_provider(actor(), acme.id, Some(7), String::from("{}"));
    assert!(matches!(
        refusal(of_provider.await),
        RegistryError::Stale { .. }
    ));
}

async fn secrets_go_with_their_channel(store: &impl Registry) {
    let acme = provider(store, "secrets").await;
    let shop = channel(store, &acme, "secrets").await;
    let mine = async || {
        let all = store.secrets().await.unwrap();
        let mine = all.into_iter().filter(|(channel, _)| *channel == shop.id);
        mine.map(|(_, secret)| (secret.name, secret.sealed))
            .collect::<Vec<_>>()
    };
    for sealed in [b"one".to_vec(), b"two".to_vec()] {
        let set = store.set_secret(actor(), shop.id, String::from("token"), sealed);
        set.await.unwrap();
    }
    assert_eq!(mine().await, [(String::from("token"), b"two".to_vec())]);
    let all = store.secrets().await.unwrap();
    let (_, found) = all.into_iter().find(|(of, _)| *of == shop.id).unwrap();
    let resealed = SealedSecret {
        sealed: b"three".to_vec(),
        ..found
    };
    // It was set since somebody read it.
    let older = SealedSecret {
        set: resealed.set - 1,
        sealed: b"older".to_vec(),
        ..resealed.clone()
    };
    let reseal = store.reseal_secrets(actor(), vec![(shop.id, older)]);
    reseal.await.unwrap();
    assert_eq!(mine().await, [(String::from("token"), b"two".to_vec())]);
    store
        .reseal_secrets(actor(), vec![(shop.id, resealed)])
        .await
        .unwrap();
    assert_eq!(mine().await, [(String::from("token"), b"three".to_vec())]);
    let delete = |name: &str| store.delete_secret(actor(), shop.id, name.to_owned());
    assert!(!delete("other").await.unwrap());
    store.begin_delete_channel(actor(), shop.id).await.unwrap();
    assert!(mine().await.is_empty(), "at once");
    assert!(matches!(
        refusal(delete("token").await),
        RegistryError::NotFound { .. }
    ));
}

async fn deployments_are_numbered(store: &impl Registry) {
    let acme = provider(store, "numbers").await;
    let (one, other) = (
        channel(store, &acme, "n1").await,
        channel(store, &acme, "n2").await,
    );
    for expected in 1..=3 {
        assert_eq!(deploy(store, one.id, "numbered").await, expected);
    }
    assert_eq!(deploy(store, other.id, "numbered").await, 1);
    let missing = store.add_deployment(actor(), one.id, String::from("none"), String::new());
    assert!(matches!(
        refusal(missing.await),
        RegistryError::NotFound { .. }
    ));
    let page = store.deployments(one.id, None, 2).await.unwrap();
    assert_eq!(page.iter().map(|it| it.number).collect::<Vec<_>>(), [3, 2]);
    let page = store.deployments(one.id, Some(2), 2).await.unwrap();
    assert_eq!(page.iter().map(|it| it.number).collect::<Vec<_>>(), [1]);
    assert!(store.deployment(one.id, 4).await.unwrap().is_none());
    assert_eq!(
        store.deployment(one.id, 2).await.unwrap().unwrap().digest,
        "numbered"
    );
}

async fn a_switch_is_refused_when_another_came_first<S: Registry + 'static>(store: &Arc<S>) {
    let acme = provider(&**store, "switch").await;
    let shop = channel(&**store, &acme, "switch").await.id;
    assert!(store.traffic(shop).await.unwrap().is_none());
    for _ in 0..3 {
        deploy(&**store, shop, "switched").await;
    }
    let first = store
        .set_traffic(actor(), shop, traffic(Some(0), 1))
        .await
        .unwrap();
    assert_eq!((first.revision, first.stable), (1, 1));
    // Of twenty who have seen the same, one switches.
    let switched = race(store, 20, move |store, _| async move {
        store
            .set_traffic(actor(), shop, traffic(Some(1), 2))
            .await
            .is_ok()
    });
    assert_eq!(switched.await.into_iter().filter(|&it| it).count(), 1);
    let canary = NewTraffic {
        canary: Some(Canary {
            deployment: 3,
            percent: 10,
        }),
        is_pinned: true,
        reason: String::from("try it"),
        ..traffic(Some(2), 2)
    };
    let switched = store.set_traffic(actor(), shop, canary).await.unwrap();
    assert_eq!(store.traffic(shop).await.unwrap().unwrap(), switched);
    assert_eq!(
        switched.to_string(),
        "stable 2, canary 3 on 10 %, pinned: try it"
    );
    let missing = store.set_traffic(actor(), shop, traffic(None, 4)).await;
    assert!(matches!(refusal(missing), RegistryError::NotFound { .. }));
    let revisions = store.switches(shop, None, 10).await.unwrap();
    assert_eq!(
        revisions.iter().map(|it| it.revision).collect::<Vec<_>>(),
        [3, 2, 1]
    );
    let all = store.all_traffic().await.unwrap();
    let mine: Vec<_> = all
        .into_iter()
        .filter(|(channel, ..)| *channel == shop)
        .collect();
    let stable = store.deployment(shop, 2).await.unwrap().unwrap();
    assert_eq!(mine, [(shop, switched, stable)]);
}

async fn what_can_be_rolled_back_to_is_kept(store: &impl Registry) {
    let acme = provider(store, "keep").await;
    let shop = channel(store, &acme, "keep").await.id;
    plugin(store, "unused").await;
    for digest in ["k1", "k2", "k3", "k4"] {
        deploy(store, shop, digest).await;
    }
    store
        .set_traffic(actor(), shop, traffic(None, 1))
        .await
        .unwrap();
    assert!(
        store.forget_plugins(0, 2).await.unwrap().is_empty(),
        "all are young"
    );
    let mut forgotten = store.forget_plugins(i64::MAX, 2).await.unwrap();
    forgotten.retain(|it| it.starts_with('k') || it == "unused");
    forgotten.sort_unstable();
    assert_eq!(forgotten, ["k2", "unused"]);
    assert!(
        store.plugin(Viewer::Host, "k1").await.unwrap().is_some(),
        "it serves"
    );
    delete(store, shop).await;
    let forgotten = store.forget_plugins(i64::MAX, 2).await.unwrap();
    assert!(
        forgotten.contains(&String::from("k1")),
        "nobody has it any more"
    );
}

async fn a_plugin_is_seen_by_who_has_it(store: &impl Registry) {
    let brings = provider(store, "brings").await;
    let deploys = provider(store, "deploys").await;
    let (brought, deployed) = (Viewer::Provider(brings.id), Viewer::Provider(deploys.id));
    let new = |provider| NewPlugin {
        provider,
        digest: String::from("p1"),
        size: 7,
        details: String::from("{}"),
    };
    let bring = |provider| store.add_plugin(actor(), new(provider));
    let sees = async |viewer| store.plugin(viewer, "p1").await.unwrap();
    bring(Some(brings.id)).await.unwrap();
    assert_eq!(sees(brought).await.unwrap().uploaded_by, "test");
    assert_eq!(sees(Viewer::Host).await.unwrap().uploaded_by, "test");
    assert_eq!(sees(deployed).await, None);
    assert!(store.plugins(deployed).await.unwrap().is_empty());
    // A deployment shows it, and not who has brought it.
    let shop = channel(store, &deploys, "p-shop").await.id;
    deploy_known(store, shop, "p1").await;
    assert_eq!(sees(deployed).await.unwrap().uploaded_by, "");
    bring(Some(deploys.id)).await.unwrap();
    assert_eq!(sees(deployed).await.unwrap().uploaded_by, "test");
    assert_eq!(store.plugins(deployed).await.unwrap().len(), 1);
    // Who goes has nothing; the other one still has it.
    delete(store, shop).await;
    store.delete_provider(actor(), deploys.id).await.unwrap();
    assert_eq!(sees(deployed).await, None);
    assert!(sees(brought).await.is_some());
}

async fn a_revoked_token_is_gone(store: &impl Registry) {
    let acme = provider(store, "tokens").await;
    let new = |name: &str| NewToken {
        digest: name.as_bytes().to_vec(),
        name: name.to_owned(),
        provider: Some(acme.id),
        role: String::from("deploy"),
        expires: Some(7),
    };
    let one = store.add_token(actor(), new("one")).await.unwrap();
    let two = store.add_token(actor(), new("two")).await.unwrap();
    let again = store.add_token(actor(), new("one")).await;
    assert!(matches!(refusal(again), RegistryError::Exists { .. }));
    store.revoke_token(actor(), one.id).await.unwrap();
    let again = store.revoke_token(actor(), one.id).await;
    assert!(matches!(refusal(again), RegistryError::NotFound { .. }));
    let left = store.tokens().await.unwrap();
    assert_eq!(left, [(b"two".to_vec(), two)]);
    // A token goes with its provider.
    store.delete_provider(actor(), acme.id).await.unwrap();
    assert!(store.tokens().await.unwrap().is_empty());
}

async fn the_audit_has_every_change(store: &impl Registry) {
    let acme = provider(store, "audited").await;
    let shop = channel(store, &acme, "audited").await;
    deploy(store, shop.id, "a1").await;
    store
        .set_traffic(actor(), shop.id, traffic(None, 1))
        .await
        .unwrap();
    let secret = store.set_secret(actor(), shop.id, String::from("secret"), b"x".to_vec());
    secret.await.unwrap();
    delete(store, shop.id).await;
    let elsewhere = NewAuditEntry {
        action: "timer cancelled",
        provider: Some(acme.id),
        channel: Some(String::from("audited")),
        detail: String::from("t1"),
    };
    store.add_to_audit(actor(), elsewhere).await.unwrap();
    let filter = AuditFilter {
        channel: Some(String::from("audited")),
        ..AuditFilter::default()
    };
    let entries = store.audit(filter, None, 10).await.unwrap();
    let actions: Vec<_> = entries.iter().map(|it| it.action.as_str()).collect();
    let expected = [
        "timer cancelled",
        "channel deleted",
        "secret set",
        "traffic switched",
        "deployment added",
        "channel added",
    ];
    assert_eq!(actions, expected);
    assert!(
        entries
            .iter()
            .all(|it| it.provider == Some(acme.id) && it.actor == "test")
    );
    let of_provider = AuditFilter {
        provider: Some(acme.id),
        ..AuditFilter::default()
    };
    let page = store.audit(of_provider.clone(), None, 4).await.unwrap();
    let rest = store
        .audit(of_provider, Some(page[3].number), 10)
        .await
        .unwrap();
    assert_eq!((page.len(), rest.len()), (4, 3));
}

async fn what_was_used_outlives_who_used_it(store: &impl Registry) {
    let acme = provider(store, "billed").await;
    let used = |month: &str, channel: i64, events| ChannelUsage {
        month: month.to_owned(),
        provider: acme.id,
        provider_name: acme.name.clone(),
        channel: ChannelId(channel),
        channel_name: format!("channel-{channel}"),
        counts: UsageCounts {
            events,
            cpu_us: 10 * events,
            pushes: 1,
            ..UsageCounts::default()
        },
    };
    let november = vec![used("2026-11", 1, 3), used("2026-11", 2, 4)];
    store.add_usage(november).await.unwrap();
    let more = vec![used("2026-11", 1, 5), used("2026-12", 1, 6)];
    store.add_usage(more).await.unwrap();
    store.delete_provider(actor(), acme.id).await.unwrap();
    let again = provider(store, "billed").await;
    let page = async |month: &str, provider, after, limit| {
        let filter = UsageFilter {
            month: month.to_owned(),
            provider: Some(provider),
            after,
        };
        store.usage(filter, limit).await.unwrap()
    };
    let all = page("2026-11", acme.id, None, 10).await;
    let events: Vec<_> = all.iter().map(|it| it.counts.events).collect();
    assert_eq!(events, [8, 4]);
    assert_eq!((all[0].counts.cpu_us, all[0].counts.pushes), (80, 2));
    assert_eq!(all[0].provider_name, "billed");
    let after = Some((acme.id, all[0].channel));
    assert_eq!(page("2026-11", acme.id, None, 1).await, all[..1]);
    assert_eq!(page("2026-11", acme.id, after, 10).await, all[1..]);
    assert_eq!(page("2026-12", acme.id, None, 10).await.len(), 1);
    assert!(page("2026-11", again.id, None, 10).await.is_empty());
}
