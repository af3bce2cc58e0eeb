"""From what OpenCost says to the message somebody gets, by the rules, routes and inhibitions of alerts/."""

import statistics
import unittest
import urllib.parse
from datetime import datetime

import stage
from alertmanager import Alertmanager, Webhook
from history import DAY, HOUR, moment
from program import TODAY, Case, queries, request
from prometheus_test import recomputed
from waiting import wait_for

CLUSTER, NAMESPACE, PODS = "prod-eu", "payments", 6
SPIKE = {"cluster": CLUSTER, "namespace": NAMESPACE}


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


@unittest.skipUnless(TODAY, "the day is too young")
class AlertingTest(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.webhook = Webhook()
        cls.addClassCleanup(cls.webhook.stop)
        cls.alertmanager = cls.started_for_all(
            Alertmanager(cls.folder, stage.ROOT / "alerts/alertmanager.example.yml", cls.webhook.base))
        # A sample an hour, so that the mean of an hour is one of them, which OpenCost can be asked for again.
        cls.stage = stage.Stage(cls.folder, cls.started_for_all, held=[],
                                alertmanager=cls.alertmanager.address)
        cls.usual = cls.stage.prometheus.query('ALERTS{alertname="OpenCostNamespaceCostSpike"}')
        cls.surge()

    @classmethod
    def surge(cls):
        """Two hours ago more pods began to run, and now the exporter asks."""
        end = cls.stage.exporter.page().value("opencost_exporter_window_end_timestamp_seconds",
                                              cluster=CLUSTER, query="current")
        asked = urllib.parse.urlencode({"namespace": NAMESPACE, "pods": PODS, "from": moment(end - 2 * HOUR)})
        status, body = request(f"{cls.stage.opencosts[CLUSTER].opencost}/demo/surge?{asked}", "POST")
        assert status == 200, body
        cls.stage.ask_again(CLUSTER)

    def cost(self, end):
        """What the namespace cost in the hour up to `end`, by OpenCost's own word."""
        rows = self.stage.opencosts[CLUSTER].ask(
            "/allocation", window=f"{moment(end - HOUR)},{moment(end)}", aggregate="cluster,namespace,pod")[0]
        return float(sum(cost for (space, _), cost in recomputed(rows)[0].items() if space == NAMESPACE))

    def extra(self, at):
        """(what it costs, how much more that is than the median of 7 days at this hour, and a week ago)."""
        hour = int(at + HOUR / 2) // HOUR * HOUR
        past = [self.cost(hour - days * DAY) for days in range(1, 8)]
        end = self.stage.exporter.page().value("opencost_exporter_window_end_timestamp_seconds",
                                               cluster=CLUSTER, query="current")
        now = self.cost(end)
        return now, now - max(statistics.median(past), past[-1])

    def test_a_surge_is_told_to_whom_it_concerns(self):
        self.assertEqual(self.usual, [])
        receiver, alert = self.webhook.wait_for("OpenCostNamespaceCostSpike", severity="warning", **SPIKE)
        self.assertEqual(receiver, "team-payments")
        self.assertEqual(alert["labels"]["area"], "cost")
        # Half past the hour another sample is nearest, and the rules are a moment behind.
        begun = seconds(alert["startsAt"])
        figures = [self.extra(at) for at in (begun, begun - 3)]
        self.assertGreater(min(extra for _, extra in figures), 1)
        self.assertIn(alert["annotations"]["description"], [
            f"Namespace {NAMESPACE} of cluster {CLUSTER} costs {now:.2f} USD an hour, {extra:.2f} more than "
            "usual: than the median of this hour over the past 7 days, and than a week ago."
            for now, extra in figures])
        self.assertTrue(alert["annotations"]["summary"].endswith("."))
        self.assertRegex(alert["annotations"]["runbook_url"], "/docs/runbooks/OpenCostNamespaceCostSpike.md$")
        runbook = stage.ROOT / alert["annotations"]["runbook_url"].partition("/main/")[2]
        self.assertTrue(runbook.is_file(), runbook)
        self.assertRegex(alert["annotations"]["dashboard_url"],
                         rf"/d/opencost-namespace\?var-cluster={CLUSTER}&var-namespace={NAMESPACE}$")
        # The info of the same thing says nothing that the warning does not.
        self.wait_for_alerts("suppressed", "OpenCostNamespaceCostSpike", severity="info", **SPIKE)
        self.wait_for_alerts("active", severity="warning", **SPIKE)
        self.assertEqual([alert for _, alert in self.webhook.received
                          if {"severity": "info", **SPIKE}.items() <= alert["labels"].items()], [])

    def wait_for_alerts(self, state, by="", **labels):
        """The alerts with these labels, once there are some and all have this state, if need be by `by`."""
        def look():
            found = self.alertmanager.alerts(**labels)
            if not found or any(alert["status"]["state"] != state for alert in found):
                return None
            causes = {alert["fingerprint"] for alert in self.alertmanager.alerts(alertname=by)}
            return found if not by or all(
                causes & set(alert["status"]["inhibitedBy"]) for alert in found) else None
        try:
            return wait_for(f"{labels} to be {state} {by}", look)
        except AssertionError as error:
            names = {alert["fingerprint"]: alert["labels"] for alert in self.alertmanager.alerts()}
            raise AssertionError("\n".join([str(error), *(
                f"{alert['labels']} is {alert['status']['state']} by "
                f"{[names.get(cause, cause) for cause in alert['status']['inhibitedBy']]}"
                for alert in self.alertmanager.alerts(**labels))])) from None

    def test_without_an_exporter_costs_are_not_told(self):
        _, spike = self.webhook.wait_for("OpenCostNamespaceCostSpike", severity="warning", **SPIKE)
        self.webhook.wait_for("OpenCostWatchdog")
        begun = len(self.webhook.received)
        self.stage.exporter.kill()
        receiver, _ = self.webhook.wait_for("OpenCostExporterDown", after=begun, instance=stage.INSTANCE)
        self.assertEqual(receiver, "platform")
        # That there is none follows from its being down, and both from what was told.
        self.wait_for_alerts("suppressed", "OpenCostExporterDown", alertname="OpenCostExporterAbsent")
        silenced = self.wait_for_alerts("suppressed", area="cost")
        self.assertGreater(len({alert["labels"]["alertname"] for alert in silenced}), 3)
        silenced = self.wait_for_alerts("suppressed", "OpenCostExporterAbsent", area="cost",
                                        severity="warning")
        self.assertIn(spike["fingerprint"], [alert["fingerprint"] for alert in silenced])
        # Nobody says where it was: there is nothing to be down.
        gone = len(self.webhook.received)
        self.stage.scrape()
        self.webhook.wait_for("OpenCostExporterDown", "resolved", after=gone)
        self.assertEqual(self.webhook.wait_for("OpenCostExporterAbsent", after=gone)[0], "platform")
        self.wait_for_alerts("suppressed", area="cost")
        # Back, at another address, and the alert on cost is the one it was.
        back = len(self.webhook.received)
        self.stage.start_exporter()
        self.webhook.wait_for("OpenCostExporterAbsent", "resolved", after=back)
        for alert in self.wait_for_alerts("active", severity="warning", **SPIKE):
            self.assertEqual(seconds(alert["startsAt"]), seconds(spike["startsAt"]))
        self.assertEqual([alert["labels"]["alertname"] for _, alert in self.webhook.received[begun:]
                          if alert["labels"]["area"] == "cost" and alert["status"] == "resolved"], [])

    def test_a_source_that_is_down_silences_its_cluster_only(self):
        down, other = "prod-us", CLUSTER
        for cluster in (down, other):
            self.wait_for_alerts("active", area="cost", alertname="OpenCostPolicyMatches", cluster=cluster)
        begun = len(self.webhook.received)
        self.addCleanup(self.recover, down)
        for _ in range(3):  # a counter has grown from what Prometheus saw of it first
            self.stage.opencosts[down].fail_next("error503", len(queries()))
            self.stage.ask_again(down)
            self.stage.wait_for_rules()
        receiver, alert = self.webhook.wait_for("OpenCostSourceDown", after=begun, cluster=down,
                                                query="current")
        self.assertEqual(receiver, "platform")
        self.assertIn("http_status", alert["annotations"]["description"])
        self.wait_for_alerts("suppressed", "OpenCostSourceDown", area="cost", cluster=down)
        self.wait_for_alerts("active", area="cost", alertname="OpenCostPolicyMatches", cluster=other)
        self.recover(down)
        self.webhook.wait_for("OpenCostSourceDown", "resolved", after=begun, cluster=down, query="current")
        self.wait_for_alerts("active", area="cost", alertname="OpenCostPolicyMatches", cluster=down)

    def recover(self, cluster):
        """Asks until all faults are used up."""
        for _ in range(8):
            self.stage.ask_again(cluster)
            if self.stage.exporter.page().value("opencost_up", cluster=cluster, query="current"):
                return
        self.fail(f"{cluster} does not recover")


if __name__ == "__main__":
    unittest.main()
