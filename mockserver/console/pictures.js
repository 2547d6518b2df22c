// Pictures that the page makes itself: one to try with, and those that the API refuses.

function canvasOf(width, height, draw) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  draw(canvas.getContext('2d'), width, height);
  return canvas;
}

const blobOf = (canvas, type = 'image/jpeg') =>
  new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the browser makes no picture'))), type, 0.9);
  });

function drawFace(context, width, height) {
  const circle = (x, y, radius, colour) => {
    context.fillStyle = colour;
    context.beginPath();
    context.arc(x * width, y * height, radius * width, 0, 2 * Math.PI);
    context.fill();
  };
  context.fillStyle = '#bcd3de';
  context.fillRect(0, 0, width, height);
  circle(0.5, 0.52, 0.3, '#e9b98f');
  circle(0.39, 0.46, 0.035, '#2b2320');
  circle(0.61, 0.46, 0.035, '#2b2320');
  context.strokeStyle = '#9c4a3c';
  context.lineWidth = width / 50;
  context.beginPath();
  context.arc(width / 2, height * 0.58, width * 0.11, 0.15 * Math.PI, 0.85 * Math.PI);
  context.stroke();
}

// A drawn face: for those who have no picture at hand.
export async function drawnPicture() {
  return { blob: await blobOf(canvasOf(480, 480, drawFace)), name: 'drawn.jpg' };
}

// The smallest GIF: one pixel.
function gif() {
  const text = atob('R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=');
  return new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))], { type: 'image/gif' });
}

async function halfJpeg() {
  const { blob } = await drawnPicture();
  return blob.slice(0, blob.size / 2, 'image/jpeg');
}

const wide = () => blobOf(canvasOf(4096, 64, drawFace));

// What the API refuses, one button each. key: sent instead of the page's.
export const refusals = [
  { id: 'key', name: 'Wrong key', note: 'an empty key: this mock may take any other', code: 'ERROR_USER_NOT_EXISTS',
    make: async () => ({ ...(await drawnPicture()), key: '' }) },
  { id: 'gif', name: 'A GIF', note: 'neither JPEG nor PNG', code: 'UNSUPPORTED_FILE_TYPES',
    make: async () => ({ blob: gif(), name: 'tiny.gif' }) },
  { id: 'half', name: 'Half a JPEG', note: 'it ends in its middle', code: 'FILE_DECODING_FAILURE',
    make: async () => ({ blob: await halfJpeg(), name: 'half.jpg' }) },
  { id: 'wide', name: '4096 px wide', note: 'one more than allowed', code: 'FILE_RESOLUTION_EXCEEDS_LIMITS',
    make: async () => ({ blob: await wide(), name: 'wide.jpg' }) },
];

// One frame of a running video.
export async function frameOf(video) {
  const canvas = canvasOf(video.videoWidth, video.videoHeight, (context) => context.drawImage(video, 0, 0));
  return { blob: await blobOf(canvas), name: 'camera.jpg' };
}

// Base64 of an answer as a blob, so that no URL of megabytes is made.
export function pictureOf(base64) {
  try {
    const text = atob(base64);
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    return new Blob([bytes], { type: bytes[0] === 0x89 ? 'image/png' : 'image/jpeg' });
  } catch {
    return null; // a fault may have damaged it
  }
}
