//! All of LINE's operations.

use botbox_line::Operation;

use crate::harness::{Stage, answer};

/// Where nothing is, the answer is 404. What is there refuses a retry key that it cannot take
/// before it looks at anything else.
#[tokio::test]
async fn every_operation_is_offered() {
    let stage = Stage::set().await;
    for operation in Operation::ALL {
        let endpoint = operation.endpoint();
        let path = endpoint.path.replace(['{', '}'], "");
        let call = stage.call(endpoint.method.clone(), &path);
        let refused = answer(call.header("x-line-retry-key", "not a key").json(&())).await;
        let message = refused.body["message"].as_str().unwrap_or_default();
        assert_eq!(refused.status, 400, "{}", endpoint.id);
        assert!(message.starts_with("The retry key is"), "{}", endpoint.id);
    }
}
