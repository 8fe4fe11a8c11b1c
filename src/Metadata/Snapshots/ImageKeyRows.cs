using Appliance.Core.Ids;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Snapshots;

/// <summary>The table of images that only whoever has their key may use.</summary>
public static class ImageKeyRows
{
    public static ImageKeyRecord? Find(ReadTransaction read, ImageId image) =>
        read.Prepare("SELECT salt, hash FROM image_keys WHERE image_id = ?")
            .Bind(image.Text).ReadFirst(row => new ImageKeyRecord(row.GetBytes(0), row.GetBytes(1)));

    public static void Add(WriteTransaction write, ImageId image, ImageKeyRecord key) =>
        write.Prepare("INSERT INTO image_keys (image_id, salt, hash) VALUES (?, ?, ?)")
            .Bind(image.Text).Bind(key.Salt).Bind(key.Hash).Run();
}
