//! Audiences.

use botbox_sdk::audience::{
    AudienceFilter, add_audience_to_audience_group, add_user_ids_to_audience,
    create_audience_for_uploading_user_ids, create_audience_group,
    create_click_based_audience_group, create_imp_based_audience_group, delete_audience_group,
    get_audience_data, get_audience_groups, get_shared_audience_data, get_shared_audience_groups,
    update_audience_group_description,
};

use super::outcome::{Outcome, owned, shown};

const UPLOAD: Option<&str> = Some("an upload");

pub(super) fn call(words: &[&str]) -> Option<Outcome> {
    match *words {
        ["create-audience-group", name, ref ids @ ..] => {
            shown(create_audience_group(name, false, UPLOAD, &owned(ids)))
        }
        ["add-audience-to-audience-group", id, ref ids @ ..] => shown(
            add_audience_to_audience_group(id.parse().ok()?, UPLOAD, &owned(ids)),
        ),
        ["create-audience-for-uploading-user-ids", name, ref ids @ ..] => shown(
            create_audience_for_uploading_user_ids(name, false, UPLOAD, &owned(ids)),
        ),
        ["add-user-ids-to-audience", id, ref ids @ ..] => shown(add_user_ids_to_audience(
            id.parse().ok()?,
            UPLOAD,
            &owned(ids),
        )),
        ["add-many-to-audience", "by-file", id, count] => shown(add_user_ids_to_audience(
            id.parse().ok()?,
            None,
            &many(count.parse().ok()?),
        )),
        ["add-many-to-audience", id, count] => shown(add_audience_to_audience_group(
            id.parse().ok()?,
            None,
            &many(count.parse().ok()?),
        )),
        ["create-click-based-audience-group", name, request] => {
            shown(create_click_based_audience_group(name, request, None))
        }
        ["create-click-based-audience-group", name, request, url] => {
            shown(create_click_based_audience_group(name, request, Some(url)))
        }
        ["create-imp-based-audience-group", name, request] => {
            shown(create_imp_based_audience_group(name, request))
        }
        ["update-audience-group-description", id, name] => {
            shown(update_audience_group_description(id.parse().ok()?, name))
        }
        ["delete-audience-group", id] => shown(delete_audience_group(id.parse().ok()?)),
        ["get-audience-data", id] => shown(get_audience_data(id.parse().ok()?)),
        ["get-audience-groups", page, name] => {
            shown(get_audience_groups(&filter(page.parse().ok()?, name)))
        }
        ["get-shared-audience-data", id] => shown(get_shared_audience_data(id.parse().ok()?)),
        ["get-shared-audience-groups", page, name] => shown(get_shared_audience_groups(&filter(
            page.parse().ok()?,
            name,
        ))),
        _ => None,
    }
}

fn filter(page: u32, name: &str) -> AudienceFilter {
    AudienceFilter {
        page,
        size: Some(1),
        description: Some(name.to_owned()),
        status: Some(String::from("READY")),
        includes_external_public_groups: Some(false),
        includes_owned_audience_groups: Some(true),
        create_route: Some(String::from("MESSAGING_API")),
    }
}

/// Ids in the form of user ids.
fn many(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("U{number:032x}")).collect()
}
