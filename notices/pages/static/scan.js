// Reads a QR code by the camera or from a picture: by the browser itself where it can, else by
// qr-reader.js, which is loaded only then. No picture leaves the browser.

const PAUSE = 120; // ms between two looks: a phone must not become warm
const at = (name) => document.getElementById(`scan-${name}`);

const looking = async (reader) => {
  const { BarcodeDetector } = window;
  if (BarcodeDetector && (await BarcodeDetector.getSupportedFormats().catch(() => [])).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (source) => (await detector.detect(source)).map((code) => code.rawValue)[0] || null;
  }
  const { decodeQR } = await import(reader);
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (source) => {
    const [width, height] = [source.videoWidth || source.width, source.videoHeight || source.height];
    const scale = Math.min(1, 1600 / Math.max(width, height));
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    try {
      return decodeQR(context.getImageData(0, 0, canvas.width, canvas.height));
    } catch { // none in this picture
      return null;
    }
  };
};

let stop = () => {};

export const scan = async ({ reader, button, say, take }) => {
  stop();
  const [view, video, file] = ["view", "video", "file"].map(at);
  let stream = null, over = false;
  stop = () => {
    over = true;
    if (stream) stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
    view.hidden = true;
  };
  const done = (text) => {
    stop();
    say("nothing");
    take(text);
  };
  const look = await looking(reader);
  if (over) return;
  view.hidden = false;
  at("stop").onclick = () => {
    stop();
    say("nothing");
    button.focus();
  };
  window.addEventListener("pagehide", () => stop(), { once: true });
  file.onchange = async () => {
    const picture = file.files[0] && await createImageBitmap(file.files[0]).catch(() => null);
    const text = picture && await look(picture).catch(() => null);
    file.value = "";
    if (text) done(text);
    else say("none");
  };
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch { // refused, none there, or the page is not https: mediaDevices is undefined then
    video.hidden = true;
    say("refused");
    file.focus();
    return;
  }
  if (over) {
    stream.getTracks().forEach((track) => track.stop());
    return;
  }
  say("seeking");
  video.hidden = false;
  video.srcObject = stream;
  await video.play().catch(() => {});
  while (!over) {
    const text = video.videoWidth ? await look(video).catch(() => null) : null;
    if (text && !over) done(text);
    else await new Promise((next) => { setTimeout(next, PAUSE); });
  }
};
