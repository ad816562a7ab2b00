//! What IAM is asked when a request comes: actions, resources and what conditions can look at. Made without a look at trailctl's own
//! tables, from the Service Authorization Reference.

use std::{cell::OnceCell, collections::BTreeMap};

use bytes::Bytes;
use http::Request;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use trailctl::sandbox::Sandbox;

/// A question to IAM.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) action: String,
    pub(super) resource: String,
    pub(super) context: BTreeMap<String, Vec<String>>,
}

/// What is known of a request.
struct Seen<'a> {
    operation: &'static str,
    account: String,
    region: String,
    body: Value,
    sandbox: &'a Sandbox,
    state: OnceCell<Value>,
    request: &'a Request<Bytes>,
}

/// Returns what IAM is asked when a request comes.
pub(super) fn asked(request: &Request<Bytes>, sandbox: &Sandbox) -> Vec<Asked> {
    let (service, operation, _) = Sandbox::operation_of(request).unwrap();
    let scope = request.headers()["authorization"].to_str().unwrap();
    let mut scope = scope.split_once("Credential=").unwrap().1.split('/');
    let (account, region) = (scope.next().unwrap().to_owned(), scope.nth(1).unwrap().to_owned());
    let text = String::from_utf8_lossy(request.body());
    let body = match service {
        "iam" | "sns" => form(&text),
        "s3" => Value::Null,
        _ => serde_json::from_str(&text).unwrap_or_default(),
    };
    let seen = Seen { operation, account, region, body, sandbox, state: OnceCell::new(), request };
    match service {
        // Everybody may ask who he is.
        "sts" => Vec::new(),
        "cloudtrail" => seen.cloudtrail(),
        "iam" => seen.iam(),
        "kms" => seen.kms(),
        "logs" => seen.logs(),
        "s3" => seen.s3(),
        "sns" => seen.sns(),
        "tagging" => vec![seen.plain("tag:GetResources", "*")],
        "organizations" => vec![seen.plain(&format!("organizations:{operation}"), "*")],
        other => panic!("who is {other}?"),
    }
}

fn form(text: &str) -> Value {
    let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    let pairs: Vec<(String, String)> = pairs.map(|(key, value)| (decoded(key), decoded(value))).collect();
    let mut body = json!({});
    let value = |of: &str| pairs.iter().find(|(key, _)| key == of).map(|(_, value)| value.clone());
    let numbers =
        (1..).map_while(|number| value(&format!("Tags.member.{number}.Key")).map(|key| (number, key)));
    let tags: Vec<Value> = numbers
        .map(|(number, key)| json!({"Key": key, "Value": value(&format!("Tags.member.{number}.Value"))}))
        .collect();
    for (key, value) in &pairs {
        body[key] = json!(value);
    }
    body["Tags"] = json!(tags);
    body
}

impl Seen<'_> {
    fn text(&self, key: &str) -> Option<&str> {
        self.body[key].as_str().filter(|text| !text.is_empty())
    }

    /// Returns everything that the sandbox remembers, before the request has an effect.
    fn state(&self) -> &Value {
        self.state.get_or_init(|| self.sandbox.state().unwrap())
    }

    /// Returns the tags of what is remembered at a place. No policy looks at the tags of what is read.
    fn tags(&self, place: &[&str]) -> Value {
        if ["Get", "List", "Describe"].iter().any(|verb| self.operation.starts_with(verb)) {
            return Value::Null;
        }
        place.iter().fold(self.state(), |tree, key| &tree[*key])["tags"].clone()
    }

    fn plain(&self, action: &str, resource: &str) -> Asked {
        Asked { action: action.to_owned(), resource: resource.to_owned(), context: BTreeMap::new() }
    }

    /// Returns a question about a resource with these tags; the tags of the request are in its context.
    fn about(&self, action: &str, resource: &str, tags: &Value) -> Asked {
        let mut asked = self.plain(action, resource);
        let own = tags.as_object().into_iter().flatten();
        asked.context.extend(own.map(|(key, value)| (format!("aws:ResourceTag/{key}"), list(value))));
        let member = |tag: &Value| {
            let [key, value] = [["Key", "TagKey"], ["Value", "TagValue"]].map(|names| {
                names.iter().find_map(|name| tag[*name].as_str()).unwrap_or_default().to_owned()
            });
            (key, value)
        };
        let lists = ["TagsList", "Tags"].iter().filter_map(|name| self.body[*name].as_array());
        let mut given: Vec<(String, String)> = lists.flatten().map(member).collect();
        let map = self.body["tags"].as_object().into_iter().flatten();
        given.extend(map.map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned())));
        if !self.operation.starts_with("Remove") {
            asked
                .context
                .extend(given.into_iter().map(|(key, value)| (format!("aws:RequestTag/{key}"), vec![value])));
        }
        asked
    }

    fn cloudtrail(&self) -> Vec<Asked> {
        let action = format!("cloudtrail:{}", self.operation);
        let names = self.body["ResourceIdList"].as_array().cloned().unwrap_or_default();
        let one = ["Name", "TrailName", "ResourceId"].iter().find_map(|key| self.text(key));
        let names = names.iter().filter_map(Value::as_str).chain(one);
        let trails: Vec<Asked> = names
            .map(|name| {
                let arn = match name.starts_with("arn:") {
                    true => name.to_owned(),
                    false => {
                        format!("arn:aws:cloudtrail:{}:{}:trail/{name}", self.region, self.account)
                    }
                };
                let parts: Vec<&str> = arn.split([':', '/']).collect();
                self.about(&action, &arn, &self.tags(&["trails", parts[4], parts[3], parts[6]]))
            })
            .collect();
        if trails.is_empty() {
            return vec![self.plain(&action, "*")];
        }
        let mut all = trails;
        if self.operation == "CreateTrail" {
            all.push(Asked { action: "cloudtrail:AddTags".to_owned(), ..all[0].clone() });
        }
        if let Some(role) = self.text("CloudWatchLogsRoleArn") {
            let mut pass = self.plain("iam:PassRole", role);
            pass.context
                .insert("iam:PassedToService".to_owned(), vec!["cloudtrail.amazonaws.com".to_owned()]);
            all.push(pass);
        }
        if self.body["IsOrganizationTrail"] == true {
            for action in ["ListAccounts", "DescribeOrganization", "ListAWSServiceAccessForOrganization"] {
                all.push(self.plain(&format!("organizations:{action}"), "*"));
            }
            let role = "arn:aws:iam::111122223333:role/aws-service-role/cloudtrail.amazonaws.com/AWSServiceRoleForCloudTrail";
            all.push(self.plain("iam:GetRole", role));
            let mut new = self.plain("iam:CreateServiceLinkedRole", role);
            new.context.insert("iam:AWSServiceName".to_owned(), vec!["cloudtrail.amazonaws.com".to_owned()]);
            all.push(new);
        }
        all
    }

    fn iam(&self) -> Vec<Asked> {
        let action = format!("iam:{}", self.operation);
        let Some(name) = self.text("RoleName") else { return vec![self.plain(&action, "*")] };
        let role = &self.state()["roles"]["aws"][&self.account][name.to_lowercase()];
        let path = role["path"].as_str().or(self.text("Path")).unwrap_or("/");
        let arn = format!("arn:aws:iam::{}:role{path}{name}", self.account);
        let mut first = self.about(&action, &arn, &role["tags"]);
        for (parameter, key) in
            [("PolicyArn", "iam:PolicyARN"), ("PermissionsBoundary", "iam:PermissionsBoundary")]
        {
            first.context.extend(self.text(parameter).map(|arn| (key.to_owned(), vec![arn.to_owned()])));
        }
        let mut all = vec![first];
        if self.operation == "CreateRole" {
            all.push(self.about("iam:TagRole", &arn, &role["tags"]));
        }
        all
    }

    fn kms(&self) -> Vec<Asked> {
        let action = format!("kms:{}", self.operation);
        let arn = |what: &str| format!("arn:aws:kms:{}:{}:{what}", self.region, self.account);
        let vault = || &self.state()["vaults"][&self.account][&self.region];
        let key = |key: &str| {
            let name = key.rsplit_once(":alias/").map_or(key.to_owned(), |(_, name)| format!("alias/{name}"));
            let is_alias = name.starts_with("alias/");
            let target = is_alias.then(|| vault()["aliases"][&name]["target"].as_str()).flatten();
            let id = target.unwrap_or_else(|| key.rsplit('/').next().unwrap());
            self.about(
                &action,
                &arn(&format!("key/{id}")),
                &self.tags(&["vaults", &self.account, &self.region, "keys", id]),
            )
        };
        match self.operation {
            "ListAliases" => vec![self.plain(&action, "*")],
            "CreateKey" => {
                vec![
                    self.about(&action, "*", &Value::Null),
                    self.about("kms:TagResource", &arn("key/new"), &Value::Null),
                ]
            }
            "CreateAlias" | "UpdateAlias" | "DeleteAlias" => {
                let alias = self.text("AliasName").unwrap();
                // An alias that moves leaves a key too.
                let old = vault()["aliases"][alias]["target"].as_str();
                let keys = self.text("TargetKeyId").into_iter().chain(old).map(key);
                [self.plain(&action, &arn(alias))].into_iter().chain(keys).collect()
            }
            _ => vec![key(self.text("KeyId").unwrap())],
        }
    }

    fn logs(&self) -> Vec<Asked> {
        let action = format!("logs:{}", self.operation);
        let arn = |name: &str| format!("arn:aws:logs:{}:{}:log-group:{name}", self.region, self.account);
        let tags = |name: &str| self.tags(&["log_groups", &self.account, &self.region, name]);
        if self.operation == "DescribeLogGroups" {
            return vec![self.plain(&action, &arn(":log-stream:"))];
        }
        if let Some(resource) = self.text("resourceArn") {
            let name = resource.splitn(7, ':').nth(6).unwrap();
            return vec![self.about(&action, resource, &tags(name))];
        }
        let name = self.text("logGroupName").or(self.text("logGroupIdentifier")).unwrap();
        let mut all = vec![self.about(&action, &format!("{}:*", arn(name)), &tags(name))];
        if self.operation == "CreateLogGroup" {
            all.push(self.about("logs:TagResource", &arn(name), &tags(name)));
        }
        all
    }

    fn s3(&self) -> Vec<Asked> {
        let path = self.request.uri().path().trim_start_matches('/');
        let (bucket, object) = path.split_once('/').unwrap_or((path, ""));
        let bucket = format!("arn:aws:s3:::{bucket}");
        let object = format!("{bucket}/{}", percent_decode_str(object).decode_utf8_lossy());
        let on_bucket = |action: &str| self.plain(&format!("s3:{action}"), &bucket);
        let on_object = |action: &str| self.plain(&format!("s3:{action}"), &object);
        match self.operation {
            // Who may not list the bucket is told that an absent object is forbidden.
            "GetObject" => vec![on_object("GetObject"), on_bucket("ListBucket")],
            "PutObject" => vec![on_object("PutObject")],
            // The condition on what is there reads it.
            "DeleteObject" => vec![on_object("DeleteObject"), on_object("GetObject")],
            "CreateBucket" => {
                ["CreateBucket", "TagResource", "PutBucketOwnershipControls"].map(on_bucket).to_vec()
            }
            "GetBucketEncryption" => vec![on_bucket("GetEncryptionConfiguration")],
            "PutBucketEncryption" => vec![on_bucket("PutEncryptionConfiguration")],
            "GetPublicAccessBlock" => vec![on_bucket("GetBucketPublicAccessBlock")],
            "PutPublicAccessBlock" => vec![on_bucket("PutBucketPublicAccessBlock")],
            "GetObjectLockConfiguration" => vec![on_bucket("GetBucketObjectLockConfiguration")],
            "PutObjectLockConfiguration" => vec![on_bucket("PutBucketObjectLockConfiguration")],
            "GetBucketLifecycleConfiguration" => vec![on_bucket("GetLifecycleConfiguration")],
            "PutBucketLifecycleConfiguration" | "DeleteBucketLifecycle" => {
                vec![on_bucket("PutLifecycleConfiguration")]
            }
            "GetBucketReplication" => vec![on_bucket("GetReplicationConfiguration")],
            "GetBucketNotificationConfiguration" => vec![on_bucket("GetBucketNotification")],
            "HeadBucket" => vec![on_bucket("ListBucket")],
            "ListObjectVersions" => vec![on_bucket("ListBucketVersions")],
            same => vec![on_bucket(same)],
        }
    }

    fn sns(&self) -> Vec<Asked> {
        let action = format!("sns:{}", self.operation);
        let named =
            self.text("Name").map(|name| format!("arn:aws:sns:{}:{}:{name}", self.region, self.account));
        let given = self.text("TopicArn").or(self.text("ResourceArn")).map(str::to_owned);
        let arn = named.or(given).unwrap();
        let parts: Vec<&str> = arn.split(':').collect();
        let tags = &self.tags(&["topics", parts[4], parts[3], parts[5]]);
        let mut all = vec![self.about(&action, &arn, tags)];
        if self.operation == "CreateTopic" {
            all.push(self.about("sns:TagResource", &arn, tags));
        }
        all
    }
}

fn list(value: &Value) -> Vec<String> {
    value.as_str().map(str::to_owned).into_iter().collect()
}
