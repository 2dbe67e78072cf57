"""What was decided about telling a hit, and why: the alerts that it is part of, and where nobody was told."""

from __future__ import annotations

from sqlalchemy import select

from monitor.model.alerts import DeliveryKind, Verdict
from monitor.store.engine import Database
from monitor.store.tables import alert_hits, alerts, delivery_alerts, untold


class Verdicts:
    db: Database

    def verdicts(self, hit_id: int) -> list[Verdict]:
        """Every decision about a hit, in the order in which they were made."""
        told = select(alerts).join(alert_hits, alert_hits.c.alert_id == alerts.c.id)
        sent = select(delivery_alerts).join(alert_hits, alert_hits.c.alert_id == delivery_alerts.c.alert_id)
        with self.db.read() as connection:
            deliveries: dict[int, list[int]] = {}
            for row in connection.execute(sent.where(alert_hits.c.hit_id == hit_id)):
                deliveries.setdefault(row.alert_id, []).append(row.delivery_id)
            found = [
                Verdict(
                    hit_id,
                    row.made,
                    row.channel,
                    DeliveryKind(row.kind),
                    row.reason,
                    tuple(sorted(deliveries.get(row.id, ()))),
                )
                for row in connection.execute(told.where(alert_hits.c.hit_id == hit_id))
            ]
            for row in connection.execute(select(untold).where(untold.c.hit_id == hit_id).order_by(untold.c.id)):
                found.append(Verdict(hit_id, row.at, row.channel, None, row.reason))
        return sorted(found, key=lambda verdict: verdict.at)
