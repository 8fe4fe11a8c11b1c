using Appliance.Metadata.Blocks;
using Appliance.Metadata.Contents;
using Appliance.Metadata.Transactions;

namespace Appliance.Contents;

/// <summary>
/// Counts who refers to a content. Add while a <see cref="ContentLease"/> on it is held, or where the same transaction
/// sees another reference.
/// </summary>
public static class ContentReferences
{
    public static void Add(WriteTransaction write, FileContent content)
    {
        switch (content.Form)
        {
            case ContentForm.Block:
                BlockReferences.Add(write, [content.Id]);
                break;
            case ContentForm.File:
                ContentRows.AddReference(write, content.Id);
                break;
        }
    }

    public static void Remove(WriteTransaction write, FileContent content)
    {
        switch (content.Form)
        {
            case ContentForm.Block:
                BlockReferences.Remove(write, [content.Id]);
                break;
            case ContentForm.File:
                ContentRows.RemoveReference(write, content.Id);
                break;
        }
    }
}
