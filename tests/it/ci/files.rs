//! What holds for all files: pins, permissions, shell that parses; and the small ones of other tools.

use std::collections::BTreeSet;

use serde::Deserialize as _;
use serde_json::{Value, json};

use super::{
    SPEC, each, keys, root,
    shell::{Job, complaint, complaint_about},
    text, yaml,
};
use crate::support::Workspace;

const WORKFLOWS: [&str; 4] = [
    ".github/workflows/ci.yml",
    ".github/workflows/release.yml",
    "examples/ci/github/audit.yml",
    "examples/ci/github/trailctl.yml",
];

#[test]
fn what_is_used_of_others_is_pinned() {
    for name in WORKFLOWS {
        each(&yaml(name), &mut |map| {
            let Some(uses) = map.get("uses").and_then(Value::as_str) else { return };
            let is_own = uses.starts_with("./");
            let is_pinned = uses.rsplit_once('@').is_some_and(|(_, commit)| {
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit())
            });
            assert!(is_own || is_pinned, "{name}: {uses}");
            if uses.starts_with("actions/checkout@") {
                assert_eq!(map["with"]["persist-credentials"], false, "{name}");
            }
        });
    }
}

#[test]
fn shell_parses_and_nothing_is_pasted_into_it() {
    for name in WORKFLOWS.into_iter().chain(["action.yml"]) {
        each(&yaml(name), &mut |map| {
            let Some(script) = map.get("run").and_then(Value::as_str) else { return };
            assert!(!script.contains("${{"), "{name}: {script}");
            assert_eq!(complaint("bash", script), None, "{name}: {script}");
        });
    }
    each(&yaml("examples/ci/gitlab-ci.yml"), &mut |map| {
        for part in ["before_script", "script"] {
            let lines = map.get(part).and_then(Value::as_array).into_iter().flatten();
            for line in lines.map(|line| line.as_str().unwrap()) {
                assert_eq!(complaint("sh", line), None, "{line}");
            }
        }
    });
    for script in ["examples/quickstart.sh", "examples/release-facts.sh", ".ci/run"] {
        let shell = if text(script).starts_with("#!/bin/sh") { "sh" } else { "bash" };
        assert_eq!(complaint_about(shell, &root().join(script)), None, "{script}");
    }
}

#[test]
fn a_job_may_do_what_it_needs_and_ends() {
    for name in WORKFLOWS {
        let workflow = yaml(name);
        assert_eq!(workflow["permissions"], json!({}), "{name}");
        for (id, job) in workflow["jobs"].as_object().unwrap() {
            assert!(job["permissions"].is_object(), "{name}: {id}");
            assert!(job["timeout-minutes"].is_number() || job["uses"].is_string(), "{name}: {id}");
        }
    }
}

#[test]
fn workflows_give_the_action_what_it_takes() {
    let action = yaml("action.yml");
    let (inputs, outputs) = (keys(&action["inputs"]), keys(&action["outputs"]));
    let name = "examples/ci/github/trailctl.yml";
    let workflow = yaml(name);
    let mut commands = BTreeSet::new();
    each(&workflow, &mut |map| {
        if !map.get("uses").and_then(Value::as_str).is_some_and(|uses| uses.contains("/trailctl@")) {
            return;
        }
        let given = &map["with"];
        assert!(keys(given).iter().all(|input| inputs.contains(input)), "{given}");
        commands.insert(given["command"].as_str().unwrap());
        assert_eq!(given["command"] == "apply", given["plan-sha256"].is_string(), "{given}");
        for input in ["sha256", "files", "arguments", "working-directory"] {
            assert_eq!(given[input], format!("${{{{ inputs.{input} }}}}"), "{given}");
        }
        // What a plan was allowed is in the plan: apply takes no consent.
        assert_eq!(given["allow"] == "${{ inputs.allow }}", given["command"] == "plan", "{given}");
    });
    assert_eq!(commands, BTreeSet::from(["apply", "drift", "plan"]));
    let parts = text(name);
    for used in parts.split("steps.plan.outputs.").skip(1) {
        let end = used.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap();
        assert!(outputs.contains(&&used[..end]), "{used}");
    }
    // A plan in flight gives way; an apply never does, and waits for who approves.
    let apply = &workflow["jobs"]["apply"];
    assert_eq!(apply["concurrency"]["cancel-in-progress"], false);
    assert!(apply["environment"].is_string());
    // Two specs of a repository do not wait for each other, and hand on plans of their own.
    for job in ["plan", "apply", "drift"] {
        let group = workflow["jobs"][job]["concurrency"]["group"].as_str().unwrap();
        assert!(group.contains("${{ inputs.name }}"), "{job}: {group}");
    }
    let mut artifacts = BTreeSet::new();
    each(&workflow, &mut |map| {
        if map.get("uses").and_then(Value::as_str).is_some_and(|uses| uses.contains("load-artifact@")) {
            artifacts.insert(map["with"]["name"].as_str().unwrap());
            assert!(map["with"]["path"].as_str().unwrap().starts_with("${{ inputs.working-directory }}"));
        }
    });
    assert_eq!(artifacts, BTreeSet::from(["plan-${{ inputs.name }}"]));
    let called = yaml("examples/ci/github/audit.yml");
    let given = &called["jobs"]["trailctl"];
    let taken = &workflow["on"]["workflow_call"]["inputs"];
    for (input, about) in taken.as_object().unwrap() {
        assert!(about["required"] != true || given["with"][input].is_string(), "{input}");
    }
    assert!(keys(&given["with"]).iter().all(|input| taken[*input].is_object()));
    // A workflow that is called may do no more than its caller.
    for job in workflow["jobs"].as_object().unwrap().values() {
        for permission in keys(&job["permissions"]) {
            assert_eq!(given["permissions"][permission], job["permissions"][permission], "{permission}");
        }
    }
}

#[test]
fn hooks_run_before_a_commit() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let config = yaml("examples/ci/pre-commit-config.yaml");
    let job = Job::with(SPEC);
    let run = |id: &str| {
        let hook = hooks.as_array().unwrap().iter().find(|hook| hook["id"] == id).unwrap();
        assert_eq!((&hook["language"], &hook["pass_filenames"]), (&json!("system"), &json!(false)));
        let chosen = config["repos"][0]["hooks"].as_array().unwrap();
        let arguments = &chosen.iter().find(|hook| hook["id"] == id).unwrap()["args"];
        let arguments: Vec<&str> =
            arguments.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        let line = format!("{} {}", hook["entry"].as_str().unwrap(), arguments.join(" "));
        job.run("sh -e", &line, &[]).code
    };
    assert_eq!(run("trailctl-validate"), Some(0));
    job.workspace.spec(&format!("{SPEC}trials: {{}}\n"));
    assert_eq!(run("trailctl-validate"), Some(1));
    let crooked = SPEC.replace("stack: ci", "stack:   ci");
    job.workspace.spec(&crooked);
    assert_eq!(run("trailctl-fmt"), Some(0));
    assert_ne!(job.read("trailctl.yaml"), crooked);
}

#[test]
fn the_cluster_looks_for_drift_with_the_spec_beside_it() {
    let folder = "examples/ci/kubernetes";
    let kustomization = yaml(&format!("{folder}/kustomization.yaml"));
    for list in [&kustomization["resources"], &kustomization["configMapGenerator"][0]["files"]] {
        for file in list.as_array().unwrap() {
            assert!(root().join(folder).join(file.as_str().unwrap()).is_file(), "{file}");
        }
    }
    let documents = text(&format!("{folder}/drift.yaml"));
    let documents: Vec<Value> = serde_yaml::Deserializer::from_str(&documents)
        .map(|document| Value::deserialize(document).unwrap())
        .collect();
    let [account, job] = documents.as_slice() else { panic!("{documents:?}") };
    assert_eq!((&account["kind"], &job["kind"]), (&json!("ServiceAccount"), &json!("CronJob")));
    assert_eq!(job["spec"]["concurrencyPolicy"], "Forbid");
    let pod = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"];
    assert_eq!(pod["serviceAccountName"], account["metadata"]["name"]);
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    let container = &pod["containers"][0];
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
    assert_eq!(pod["volumes"][0]["configMap"]["name"], kustomization["configMapGenerator"][0]["name"]);
    // The command is one that trailctl takes, with the spec where it is mounted.
    let spec = root().join(folder).join("trailctl.yaml");
    let mounted = format!("{}/trailctl.yaml", container["volumeMounts"][0]["mountPath"].as_str().unwrap());
    let arguments: Vec<&str> =
        container["args"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    let line = arguments.join(" ");
    assert!(line.contains(&mounted));
    let line = line.replace(&mounted, spec.to_str().unwrap());
    let workspace = Workspace::new();
    let _ = workspace.expect(&format!("{line} --sandbox"), 2);
}

#[test]
fn the_image_has_what_the_release_makes() {
    let image = text("examples/ci/Dockerfile");
    let instructions: Vec<&str> =
        image.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    assert!(instructions[0].starts_with("FROM gcr.io/distroless/static-"), "{instructions:?}");
    assert!(instructions.contains(&"USER 65532:65532"));
    let cluster = text("examples/ci/kubernetes/drift.yaml");
    assert!(cluster.contains("runAsUser: 65532"), "the user of the image");
    // Whoever downloads an archive asks for one that is made, by the same name.
    let release = text(".github/workflows/release.yml");
    let action = text("action.yml");
    let targets: Vec<&str> = release
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- {target: ")?.split(',').next())
        .collect();
    assert_eq!(targets.len(), 5);
    for target in targets {
        assert!(action.contains(&format!("target={target} ;;")), "{target}");
    }
    assert!(release.contains("name=trailctl-${GITHUB_REF_NAME#v}-$TARGET"));
    assert!(action.contains("archive=trailctl-$VERSION-$target.tar.gz"));
}

#[test]
fn facts_of_a_binary_are_printed() {
    let mut command = std::process::Command::new(root().join("examples/release-facts.sh"));
    let output = command.arg(env!("CARGO_BIN_EXE_trailctl")).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    for row in ["| version | trailctl ", "| size | ", "| dynamic libraries | ", "median of 20 | "] {
        assert!(printed.contains(row), "{printed}");
    }
}
