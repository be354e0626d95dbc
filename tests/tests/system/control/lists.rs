//! Lists that can grow come in pages.

use serde_json::{Value, json};

use super::api::Stage;

/// The items of a list, read two at a time.
async fn paged(stage: &Stage, path: &str, field: &str, cursor: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut next = String::new();
    loop {
        let mut page = stage.get(&format!("{path}?limit=2{next}")).await.ok();
        let mut of_page = page[field].take();
        let of_page = of_page.as_array_mut().unwrap();
        assert!((1..=2).contains(&of_page.len()), "{path}: {page}");
        items.append(of_page);
        next = match &page["next"] {
            Value::Null => return items,
            Value::String(next) => format!("&{cursor}={next}"),
            next => format!("&{cursor}={next}"),
        };
    }
}

#[tokio::test]
async fn pages_have_all_and_nothing_twice() {
    let stage = Stage::new().await;
    let (_, probe) = stage.serving("shop").await;
    stage.upload("echo").await;
    stage.upload("greeter").await;
    for number in 1..=4 {
        let name = format!("p{number}");
        stage.provider(&name).await;
        let channel = json!({"name": name, "provider": name});
        stage.post("channels", channel).await.ok();
        let token = json!({"name": name, "provider": name, "role": "read"});
        stage.post("tokens", token).await.ok();
        let deployment = stage.deployment("shop", &probe, &name).await;
        stage.activate("shop", deployment).await;
    }
    for (path, field, cursor, key) in [
        ("providers", "providers", "after", "name"),
        ("channels", "channels", "after", "name"),
        ("tokens", "tokens", "after", "name"),
        ("plugins", "plugins", "before", "digest"),
        (
            "channels/shop/deployments",
            "deployments",
            "before",
            "number",
        ),
        ("channels/shop/switches", "switches", "before", "revision"),
        ("audit", "entries", "before", "number"),
    ] {
        let whole = stage.get(path).await.ok();
        let keys = |items: &[Value]| items.iter().map(|it| it[key].clone()).collect::<Vec<_>>();
        let whole = keys(whole[field].as_array().unwrap());
        assert!(whole.len() > 2, "{path}: {whole:?}");
        let paged = paged(&stage, path, field, cursor).await;
        assert_eq!(keys(&paged), whole, "{path}");
        for limit in ["0", "1001", "many"] {
            let refused = stage.get(&format!("{path}?limit={limit}")).await;
            refused.refused(400, "limit: ");
        }
        let refused = stage.get(&format!("{path}?lim=2")).await;
        refused.refused(400, "unknown field `lim`");
    }
    stage
        .get("plugins?before=x")
        .await
        .refused(400, "before: give the `next`");
}
