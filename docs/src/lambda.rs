//! Runs the service of the page on Lambda: events as AWS documents them, through `lambda_http` and back, as the caller of
//! each kind would read the answer. AWS itself is not asked.

use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Body, LambdaEvent, Request, Response, Service};
use sealed_session_tower::testing::Browser;
use sealed_session_tower::{
    Budget, CookieSpec, Error, InHand, Key, KeyRing, SessionLayer, SessionManager,
};
use serde_json::{Value, json};
use tower::{ServiceBuilder, ServiceExt};

/// Keeps 5,000 bytes, which take two cookies, and says how many there are.
async fn keeps(request: Request) -> Result<Response<Body>, Error> {
    let session: &InHand = request.extensions().get().expect("the layer is there");
    if request.method() == "POST" {
        // Nothing that packs.
        let kept: String = (0..5_000_u32)
            .map(|i| char::from(b'a' + noise(i)))
            .collect();
        session.insert("kept", kept)?;
    }
    let kept = session.get::<String>("kept")?.unwrap_or_default();
    Ok(Response::new(Body::from(kept.len().to_string())))
}

fn noise(i: u32) -> u8 {
    let mixed = i.wrapping_add(1).wrapping_mul(0x9E37_79B1);
    let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x85EB_CA77);
    u8::try_from((mixed >> 13) % 26).unwrap()
}

/// The event of a REST API (docs.aws.amazon.com/apigateway, "Input format of a Lambda function for proxy integration").
fn rest(method: &str, cookies: &str) -> Value {
    json!({
        "resource": "/", "path": "/", "httpMethod": method,
        "headers": {"Host": "shop.example", "Cookie": cookies},
        "multiValueHeaders": {"Host": ["shop.example"], "Cookie": [cookies]},
        "requestContext": {"stage": "prod", "httpMethod": method, "identity": {}},
        "isBase64Encoded": false
    })
}

/// The event of an HTTP API, and of a function URL, which is the same (docs.aws.amazon.com/lambda, "Request and response
/// payloads" of function URLs; payload format 2.0).
fn http(method: &str, cookies: &str) -> Value {
    let list: Vec<&str> = cookies.split("; ").collect();
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "",
        "cookies": list,
        "headers": {"host": "shop.example"},
        "requestContext": {
            "stage": "$default", "timeEpoch": 1_583_348_638_390_u64,
            "http": {"method": method, "path": "/", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1"}
        },
        "isBase64Encoded": false
    })
}

/// The event of a load balancer with the attribute `lambda.multi_value_headers.enabled` (docs.aws.amazon.com/elasticloadbalancing,
/// "Lambda functions as targets").
fn balancer(method: &str, cookies: &str) -> Value {
    json!({
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:x"}},
        "httpMethod": method, "path": "/",
        "multiValueQueryStringParameters": {},
        "multiValueHeaders": {"host": ["shop.example"], "cookie": [cookies]},
        "body": "", "isBase64Encoded": false
    })
}

/// The same without that attribute.
fn plain_balancer(method: &str, cookies: &str) -> Value {
    json!({
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:x"}},
        "httpMethod": method, "path": "/",
        "queryStringParameters": {},
        "headers": {"host": "shop.example", "cookie": cookies},
        "body": "", "isBase64Encoded": false
    })
}

type Event = fn(&str, &str) -> Value;

/// Where the caller of a kind looks for `Set-Cookie`, by the same pages.
fn lines(answer: &Value, place: &str) -> Vec<String> {
    let found = answer.pointer(place).unwrap_or(&Value::Null);
    match found {
        Value::Array(lines) => lines
            .iter()
            .map(|line| line.as_str().unwrap().to_owned())
            .collect(),
        Value::String(line) => vec![line.clone()],
        _ => Vec::new(),
    }
}

async fn ask(layer: &SessionLayer, event: Value) -> Value {
    let service = ServiceBuilder::new().layer(layer.clone()).service_fn(keeps);
    let event: LambdaRequest = serde_json::from_value(event).unwrap();
    let mut function = Adapter::from(service.map_err(|error| error.to_string()));
    let answered = function.call(LambdaEvent::new(event, lambda_http::Context::default()));
    serde_json::to_value(answered.await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_session_of_two_cookies_goes_there_and_back_through_each_front() {
    let ring = KeyRing::new(Key::generate().unwrap());
    let manager =
        SessionManager::builder(CookieSpec::new("shop"), ring).budget(Budget::within_8k());
    let layer = SessionLayer::new(manager.build().unwrap());
    let fronts: [(&str, Event, &str, usize); 4] = [
        ("REST API", rest, "/multiValueHeaders/set-cookie", 2),
        ("HTTP API and function URL", http, "/cookies", 2),
        (
            "load balancer",
            balancer,
            "/multiValueHeaders/set-cookie",
            2,
        ),
        (
            "load balancer without the attribute",
            plain_balancer,
            "/headers/set-cookie",
            1,
        ),
    ];
    for (front, event, place, arrive) in fronts {
        let mut browser = Browser::default();
        let answer = ask(&layer, event("POST", "")).await;
        assert_eq!(answer["statusCode"], 200, "{front}: {answer}");
        let set = lines(&answer, place);
        assert_eq!(set.len(), arrive, "{front}: {answer}");
        // Nothing of it stands where it would be sent a second time, or joined.
        if place != "/headers/set-cookie" && !front.starts_with("load") {
            assert!(lines(&answer, "/headers/set-cookie").is_empty(), "{front}");
        }
        browser.keep(set.iter().map(String::as_str));
        let answer = ask(&layer, event("GET", &browser.cookie())).await;
        let kept = if arrive == 2 { "5000" } else { "0" };
        assert_eq!(answer["body"], kept, "{front}: {answer}");
    }
}
