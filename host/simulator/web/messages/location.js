import { html } from "../html.js";
import { t } from "../i18n.js";

/** A place. The map is a drawing: a real one would ask a server elsewhere. */
export function Location({ message }) {
  const [lat, long] = [Number(message.latitude), Number(message.longitude)];
  const href = `https://www.openstreetmap.org/?mlat=${lat}&mlon=${long}#map=16/${lat}/${long}`;
  return html`<a class="location card" href=${href} target="_blank" rel="noopener noreferrer">
    ${map(lat, long)}
    <span class="place"><b>${message.title ?? t("location")}</b><small>${message.address}</small>
      <small class="coordinates">${lat.toFixed(5)}, ${long.toFixed(5)}</small>
      <span class="hidden">${t("openMap")}</span></span>
  </a>`;
}

/**
 * @param {number} lat
 * @param {number} long
 */
function map(lat, long) {
  const turn = Math.round((lat * 37 + long * 53) % 40) || 0;
  return html`<svg class="map" viewBox="0 0 240 120" aria-hidden="true">
    <rect class="land" width="240" height="120" />
    <g transform=${`rotate(${turn} 120 60)`}>
      <path class="water" d="M-40 96q60-30 120-8t220-14v120h-340z" />
      <path class="park" d="M22 8h58v34H22z" />
      <path class="street" d="M-60 50h380M-60 80l380-52M100-60v240M164-60v240M40-60v240" />
      <path class="avenue" d="M-60 64h380M128-60v240" />
    </g>
    <path class="pin" d="M120 74c-2-10-14-14-14-26a14 14 0 0 1 28 0c0 12-12 16-14 26z" />
    <circle class="hole" cx="120" cy="48" r="5" />
  </svg>`;
}
