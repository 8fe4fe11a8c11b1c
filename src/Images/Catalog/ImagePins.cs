using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Metadata;
using Appliance.Metadata.Images;

namespace Appliance.Images.Catalog;

/// <summary>
/// Which images are in use. What is pinned stays on the disk, even when it was deleted meanwhile. Pins end with the
/// process: whoever uses an image across a restart pins it again before <see cref="ImageCollector"/> first runs.
/// </summary>
public sealed class ImagePins(MetadataStore store)
{
    private readonly object gate = new();
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly HashSet<string> doomed = new(StringComparer.Ordinal);

    /// <summary>Keeps an image until the answer is disposed, deleted or not.</summary>
    /// <exception cref="ApplianceException">NotFound: it is not there, or its files are being removed.</exception>
    public IDisposable Hold(ImageId id)
    {
        lock (gate)
        {
            if (doomed.Contains(id.Text))
            {
                throw ImageDirectory.NotFound(id.Text);
            }

            counts[id.Text] = counts.GetValueOrDefault(id.Text) + 1;
        }

        var pin = new Pin(this, id.Text);
        if (store.Read(read => ImageRows.FindEvenRemoved(read, id.Text)) is null)
        {
            pin.Dispose();
            throw ImageDirectory.NotFound(id.Text);
        }

        return pin;
    }

    /// <summary>Whether somebody uses the image now.</summary>
    public bool IsPinned(string id)
    {
        lock (gate)
        {
            return counts.ContainsKey(id);
        }
    }

    /// <summary>False when somebody holds the image; afterwards nobody can until it is spared.</summary>
    internal bool TryDoom(string id)
    {
        lock (gate)
        {
            return !counts.ContainsKey(id) && doomed.Add(id);
        }
    }

    internal void Spare(string id)
    {
        lock (gate)
        {
            doomed.Remove(id);
        }
    }

    private void Release(string id)
    {
        lock (gate)
        {
            if (--counts[id] == 0)
            {
                counts.Remove(id);
            }
        }
    }

    private sealed class Pin(ImagePins pins, string id) : IDisposable
    {
        private int isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isDisposed, 1) == 0)
            {
                pins.Release(id);
            }
        }
    }
}
